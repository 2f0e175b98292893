import { expect, test } from 'vitest';
import { errorCauses } from './error-causes.ts';

test('errorCauses takes apart what is made of several, and follows causes', () => {
  const root = new Error('root');
  const lost = new Error('lost', { cause: root });
  expect(errorCauses(new AggregateError([lost, 'text'], 'all'))).toEqual([lost, root, 'text']);
  expect(errorCauses(new AggregateError([], 'none'))).toHaveLength(1);
});
