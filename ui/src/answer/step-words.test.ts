import { expect, test } from 'vitest';
import { stackColours } from '../explore/colours.ts';
import { textsOf } from '../text/texts.ts';
import { clockOf } from '../time/clock.ts';
import { keyName, stepWords } from './step-words.ts';

const texts = textsOf('en');
const at = (text: string) => Date.parse(text);
const shown = {
  range: { from: at('2026-03-12T01:30:00Z'), to: at('2026-03-12T02:00:00Z') },
  start: at('2026-03-12T01:30:00Z'),
  stepMs: 600_000,
  counts: [
    [481, 0, 0],
    [3_359, 0, 0],
  ],
  names: ['critical', 'warning'],
  colours: ['critical', 'warning'],
  lower: [false, true, false],
  gaps: [{ from: at('2026-03-12T01:45:00Z'), to: at('2026-03-12T02:00:00Z'), causes: ['stopped'] }],
};
const words = (step: number) => stepWords(shown, step, texts, clockOf('UTC', 'en-GB'));

test('stepWords tells nothing happened from nobody looked', () => {
  expect(words(0)).toEqual({
    title: 'Thu 12 Mar 01:30 – 01:40',
    lines: [
      { label: 'critical', value: '481', colour: 'var(--critical)' },
      { label: 'warning', value: '3,359', colour: 'var(--warning)' },
    ],
  });
  expect(words(1)).toMatchObject({ lines: [], note: '0 occurrences; 5m not watched: Tidings was not running' });
  expect(words(2)).toMatchObject({ lines: [], note: '10m not watched: Tidings was not running' });
});

test('stepWords says that a count is the least it can be, and what was not counted', () => {
  const lower = { ...shown, lower: [true, true, true], countedFrom: at('2026-03-12T01:35:00Z') };
  const first = stepWords(lower, 0, texts, clockOf('UTC', 'en-GB'));
  expect(first.lines.map(({ value }) => value)).toEqual(['≥481', '≥3,359']);
  expect(first.note).toBe('not counted');
});

test('keyName translates severities and never a reason', () => {
  expect([null, '', 'normal'].map((key) => keyName(key, false, texts))).toEqual(['other', '(none)', 'normal']);
  expect(keyName('critical', true, textsOf('zh'))).toBe('严重');
});

test('stackColours has a colour for each severity and each of the most frequent, and grey for all others', () => {
  expect(stackColours('severity', ['critical', 'normal'])).toEqual(['critical', 'normal']);
  expect(stackColours('reason', ['critical', 'BackOff', null])).toEqual(['category-0', 'category-1', 'category-other']);
});
