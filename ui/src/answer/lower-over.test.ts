import { expect, test } from 'vitest';
import { type Counted, lowerOver } from './lower-over.ts';

const GAP = { cluster: 'prod', scope: '*', healed: false };
const at = (minute: number) => new Date(minute * 60_000).toISOString();

/** By minute of an hour's first six, a stretch each. */
function lower(answer: Partial<Counted>): readonly number[] {
  const isLower = lowerOver({ lowerBound: true, coverage: { share: 1, gaps: [] }, ...answer });
  return [0, 1, 2, 3, 4, 5].filter((minute) => isLower({ from: minute * 60_000, to: minute * 60_000 + 59_999 }));
}

test('lowerOver tells when an answer may have less than there was', () => {
  const gaps = [{ ...GAP, from: at(3), to: at(3.5) }];
  expect(lower({ lowerBound: false })).toEqual([]);
  expect(lower({ coverage: { share: 0.9, gaps } })).toEqual([3]);
  expect(lower({ leftOut: { before: at(1.5) } })).toEqual([0, 1]);
  expect(lower({ leftOut: { before: at(1.5), revisions: 20_000 } })).toEqual([0, 1]);
  expect(lower({ leftOut: { before: at(1) }, coverage: { share: 0.9, gaps } })).toEqual([0, 3]);
});

test('lowerOver takes what nobody can date for any time', () => {
  const all = [0, 1, 2, 3, 4, 5];
  expect(lower({ coverage: { share: 0, gaps: [] } })).toEqual(all);
  expect(lower({ leftOut: { before: at(1), refused: [{ cluster: 'prod', detail: '' }] } })).toEqual(all);
  expect(lower({ leftOut: { unevaluated: { events: 1, detail: '' } } })).toEqual(all);
});
