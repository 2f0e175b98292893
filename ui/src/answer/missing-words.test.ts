import { expect, test } from 'vitest';
import { textsOf } from '../text/texts.ts';
import { clockOf } from '../time/clock.ts';
import { missingWords } from './missing-words.ts';
import { stoppedWords } from './stopped-words.ts';

const EN = textsOf('en');
const ZH = textsOf('zh');
const CLOCK = clockOf('UTC', 'en-GB');

test('missingWords says what may not be read and what the filter failed on, and nothing of a whole answer', () => {
  const refused = [
    { cluster: 'prod', namespace: 'bank', detail: 'no' },
    { cluster: 'test', detail: 'no' },
  ];
  expect(missingWords(undefined, EN)).toEqual([]);
  expect(missingWords({ before: '2026-03-12T02:30:00.000Z', refused: [] }, EN)).toEqual([]);
  expect(missingWords({ refused, unevaluated: { events: 1, detail: 'no such key' } }, EN)).toEqual([
    'Without prod/bank and test: you may not read them',
    'The filter failed on 1 event: no such key',
  ]);
});

test('stoppedWords tells the time that was up from the revisions that were enough', () => {
  const before = '2026-03-12T02:30:00.000Z';
  expect(stoppedWords({ before }, EN, CLOCK)).toBe(
    'Shown back to Thu 12 Mar 02:30:00, then the time for an answer was up',
  );
  expect(stoppedWords({ before, revisions: 20_000 }, EN, CLOCK)).toBe(
    'Of the newest 20,000 revisions, back to Thu 12 Mar 02:30:00; there are older ones',
  );
  expect(stoppedWords({ before, revisions: 20_000 }, ZH, CLOCK)).toMatch(/20,000.*02:30:00/);
});

test('what was looked at in part is said with its number', () => {
  expect([1, 500].map((n) => EN.t('ofObjects', { n }))).toEqual([
    'Of 1 object; there are more',
    'Of the first 500 objects; there are more',
  ]);
  expect([1, 3].map((n) => EN.t('unlocated', { n }))).toEqual([
    'Of 1 Pod it was not looked up where and how long it lived',
    'Of 3 Pods it was not looked up where and how long they lived',
  ]);
});
