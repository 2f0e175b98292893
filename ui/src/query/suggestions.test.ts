import { expect, test } from 'vitest';
import { suggestionsOf } from './suggestions.ts';

test('suggestionsOf says of each value whether there may have been more of it', () => {
  const data = [
    { value: 'BackOff', occurrences: 7 },
    { value: '', occurrences: 2 },
  ];
  expect(suggestionsOf({ data, lowerBound: true })).toEqual([{ value: 'BackOff', count: 7, isLower: true }]);
  expect(suggestionsOf({ data, lowerBound: false })).toMatchObject([{ isLower: false }]);
});
