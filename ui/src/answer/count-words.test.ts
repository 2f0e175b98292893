import { expect, test } from 'vitest';
import { textsOf } from '../text/texts.ts';
import { countWords, occurrencesWords, timesWords } from './count-words.ts';

test.each([
  ['en', ['1,234', '≥1,234'], ['×1', '≥1'], ['1 occurrence', '≥ 1 occurrence'], ['5 occurrences', '≥ 5 occurrences']],
  ['zh', ['1,234', '≥1,234'], ['×1', '≥1'], ['1 次发生', '≥ 1 次发生'], ['5 次发生', '≥ 5 次发生']],
] as const)('counts are what they are, or what they are at least, in %s', (language, count, times, one, many) => {
  const texts = textsOf(language);
  const both = (words: (isLower: boolean) => string) => [words(false), words(true)];
  expect(both((isLower) => countWords(1_234, isLower, texts))).toEqual(count);
  expect(both((isLower) => timesWords(1, isLower, texts))).toEqual(times);
  expect(both((isLower) => occurrencesWords(1, isLower, texts))).toEqual(one);
  expect(both((isLower) => occurrencesWords(5, isLower, texts))).toEqual(many);
});
