import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '../core/errors.ts';
import {
  compileRegularExpression,
  MAX_PATTERN_LENGTH,
  MAX_PROGRAM_SIZE,
  quoteRegularExpression,
} from './regular-expression.ts';

function attempt(source: string): AppError | undefined {
  try {
    compileRegularExpression(source).test(source);
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

function errorOf(source: string): AppError {
  const error = attempt(source);
  if (!error) throw new TypeError(`${source} compiles`);
  return error;
}

describe('compileRegularExpression', () => {
  test.each([
    ['off', 'Back-off restarting', true],
    ['^off', 'Back-off restarting', false],
    ['BACK', 'Back-off restarting', false],
    ['(?i)BACK', 'Back-off restarting', true],
    ['^a.b$', 'a\nb', false],
    ['(?s)^a.b$', 'a\nb', true],
    ['(?m)^b$', 'a\nb', true],
    ['^\\pL+$', 'éä日', true],
    ['(?P<n>a)|(?<m>b)', 'xb', true],
    ['', '', true],
  ])('%s on %j is %s', (source, text, expected) => {
    expect(compileRegularExpression(source).test(text)).toBe(expected);
  });

  test('takes time linear in the text where backtracking would not end', () => {
    expect(compileRegularExpression('^(a+)+$').test(`${'a'.repeat(50_000)}b`)).toBe(false);
  });

  test.each([
    ['a**', '1:2: found **, want RE2 syntax (invalid nested repetition operator)'],
    ['[**]x**', '1:6: found **, want RE2 syntax (invalid nested repetition operator)'],
    ['ok|*', '1:4: found *, want RE2 syntax (missing argument to repetition operator)'],
    ['x[z-a]', '1:3: found z-a, want RE2 syntax (invalid character class range)'],
    ['x\n[abc', '2:1: found [abc, want RE2 syntax (missing closing ])'],
    ['(a(b)', '1:6: found the end, want )'],
    ['(a))b', '1:4: found ), want RE2 syntax (unexpected ))'],
    ['ab\\', '1:3: found \\ at the end, want a character after it'],
    ['a(?=b)', '1:2: found (?=, want RE2 syntax (invalid or unsupported Perl syntax)'],
    ['(a)\\1', '1:4: found \\1, want RE2 syntax (invalid escape sequence)'],
    ['a{1001}', '1:2: found {1001}, want RE2 syntax (invalid repeat count)'],
  ])('refuses %j where it is wrong', (source, message) => {
    const error = errorOf(source);
    expect(error.message).toBe(`regular expression:${message}`);
    expect(error.code).toBe('REGULAR_EXPRESSION_INVALID');
    expect(error.hint).toContain('RE2');
  });

  test('refuses what is too long or compiles to too much', () => {
    expect(errorOf('a'.repeat(MAX_PATTERN_LENGTH + 1)).message).toContain(`want at most ${MAX_PATTERN_LENGTH}`);
    expect(errorOf('(abcdefgh){900}').message).toContain(`want at most ${MAX_PROGRAM_SIZE}`);
  });

  test('throws nothing but its own error', () => {
    const pattern = fc.stringMatching(/^[a-c()[\]{}*+?|\\^$.,0-9:<>P=!-]*$/);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), pattern), (source) => {
        expect(['REGULAR_EXPRESSION_INVALID', undefined]).toContain(attempt(source)?.code);
      }),
    );
  });
});

describe('quoteRegularExpression', () => {
  test('matches the text itself and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (text, other) => {
        const whole = compileRegularExpression(`(?s)^${quoteRegularExpression(text)}$`);
        expect(whole.test(text)).toBe(true);
        expect(whole.test(other)).toBe(other === text);
      }),
    );
  });
});
