/**
 * Regular expressions by RE2: no lookaround and no backreferences, and in return time linear in the text.
 * https://github.com/google/re2/wiki/Syntax
 */
import { Matcher, RE2JS, RE2JSException, RE2JSSyntaxException } from 're2js';
import { AppError } from '../core/errors.ts';
import { placeOf } from './_place.ts';

/** How long a pattern may be, in UTF-16 code units. */
export const MAX_PATTERN_LENGTH = 4096;

/** How many instructions a pattern may compile to: time per character of text is proportional to it at worst. */
export const MAX_PROGRAM_SIZE = 5000;

export interface RegularExpression {
  readonly source: string;
  /** Instructions of the compiled program. */
  readonly programSize: number;
  /** Whether it matches anywhere in the text. Case counts unless the pattern begins with `(?i)`. */
  readonly test: (text: string) => boolean;
  /** With each match replaced by a text, which is taken as it is. */
  readonly replaceAll: (text: string, replacement: string) => string;
}

/** Throws `REGULAR_EXPRESSION_INVALID` with the position of what is wrong. */
export function compileRegularExpression(source: string): RegularExpression {
  if (source.length > MAX_PATTERN_LENGTH) {
    throw invalid(source, 0, `found ${source.length} characters, want at most ${MAX_PATTERN_LENGTH}`);
  }
  const compiled = compile(source);
  const programSize = compiled.programSize();
  if (programSize > MAX_PROGRAM_SIZE) {
    throw invalid(source, 0, `it compiles to ${programSize} instructions, want at most ${MAX_PROGRAM_SIZE}`);
  }
  return {
    source,
    programSize,
    test: (text) => compiled.test(text),
    replaceAll: (text, replacement) => compiled.matcher(text).replaceAll(Matcher.quoteReplacement(replacement)),
  };
}

/** A pattern that matches the text itself. */
export function quoteRegularExpression(text: string): string {
  return RE2JS.quote(text);
}

function compile(source: string): RE2JS {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const problem = problemOf(source, error);
    throw invalid(source, problem.offset, problem.text, error);
  }
}

function invalid(source: string, offset: number, text: string, cause?: unknown): AppError {
  return new AppError('REGULAR_EXPRESSION_INVALID', `regular expression:${placeOf(source, offset)}: ${text}`, {
    cause,
    hint: 'The syntax is that of RE2: https://github.com/google/re2/wiki/Syntax',
  });
}

/** RE2 names what it stumbled over, not where. */
function problemOf(source: string, error: RE2JSException): { offset: number; text: string } {
  if (!(error instanceof RE2JSSyntaxException)) return { offset: 0, text: error.message };
  if (error.error === 'missing closing )') return { offset: source.length, text: 'found the end, want )' };
  if (error.error === 'trailing backslash at end of expression') {
    return { offset: source.length - 1, text: 'found \\ at the end, want a character after it' };
  }
  // The pattern as a whole is named when a parenthesis is too many.
  const fragment = error.error === 'unexpected )' ? ')' : (error.input ?? '');
  return {
    offset: offsetOf(fragment, source, error.error),
    text: `found ${fragment}, want RE2 syntax (${error.error})`,
  };
}

/** The first place at which the fragment is what is wrong: the pattern up to there fails in the same way. */
function offsetOf(fragment: string, source: string, description: string): number {
  let offset = source.indexOf(fragment);
  while (offset >= 0 && fragment !== '') {
    try {
      RE2JS.compile(source.slice(0, offset + fragment.length));
    } catch (error) {
      if (error instanceof RE2JSSyntaxException && error.error === description) return offset;
    }
    offset = source.indexOf(fragment, offset + 1);
  }
  return Math.max(0, source.indexOf(fragment));
}
