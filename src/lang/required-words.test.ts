import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { filterSources } from '../../test/contract/filter-arbitrary.ts';
import { eventRecord } from '../core/record.ts';
import { wordsOf } from '../core/words.ts';
import { compileFilter } from './filter.ts';
import { type RequiredWords, requiredWords } from './required-words.ts';

function printed(words: RequiredWords | undefined): string {
  if (!words) return '';
  if ('word' in words) return words.word + (words.isPrefix ? '*' : '');
  return 'all' in words ? `(${words.all.map(printed).join(' & ')})` : `(${words.any.map(printed).join(' | ')})`;
}

function required(source: string): RequiredWords | undefined {
  return requiredWords(compileFilter(source, { otherwise: false, onError: () => {} }).ast);
}

function has(message: string, words: RequiredWords): boolean {
  if ('all' in words) return words.all.every((one) => has(message, one));
  if ('any' in words) return words.any.some((one) => has(message, one));
  return wordsOf(message).some(({ word }) => (words.isPrefix ? word.startsWith(words.word) : word === words.word));
}

describe('requiredWords', () => {
  test.each([
    ['event.message.hasWords("Timed out")', '(timed & out)'],
    ['event.message.hasWordStart("Timed out")', '(timed & out*)'],
    ['event.message.contains("imed out of")', '(out & of*)'],
    ['event.message.startsWith("Back-off")', '(back & off*)'],
    ['event.message.endsWith("x off")', 'off'],
    ['event.message == "Pulled image"', '(pulled & image)'],
    ['event.message.hasWords("a") && event.count > 2', 'a'],
    ['event.message.hasWords("a") || event.count > 2', ''],
    ['event.message.hasWords("a") || "b" == event.message', '(a | b)'],
    ['!event.message.hasWords("a")', ''],
    ['event.count > 2 ? event.message.hasWords("a") : event.message.hasWords("b")', '(a | b)'],
    ['event.reason.contains("a b c")', ''],
    ['event.message.matches("a")', ''],
    ['event.message.hasWords("...")', ''],
    ['true', ''],
  ])('of %s are %s', (source, expected) => {
    expect(printed(required(source))).toBe(expected);
  });

  const source = filterSources([
    'event.message.hasWords("aB")',
    'event.message.hasWordStart("a-b")',
    'event.message.contains("a b a")',
    'event.message.endsWith("-b")',
    'event.message.startsWith("b-")',
    'event.message == "a b"',
    'event.type == "x"',
  ]);

  test('are in every message of which the filter holds', () => {
    const message = fc.string({ unit: fc.constantFrom('a', 'B', 'b', ' ', '-'), maxLength: 8 });
    fc.assert(
      fc.property(source, message, (text, found) => {
        const filter = compileFilter(text, { otherwise: false, onError: () => {} });
        const words = requiredWords(filter.ast);
        const body = {
          metadata: { name: 'e', uid: 'u', resourceVersion: '1' },
          involvedObject: {},
          message: found,
        };
        const envelope = { cluster: 'c', epoch: 1, scope: '*', receivedAt: 0, origin: 'watch', news: true } as const;
        if (!words || !filter.matches(eventRecord(body, envelope), { occurrences: 1 })) return;
        expect(has(found, words)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
