/** Where a list goes on. */
import * as v from 'valibot';
import type { Interval } from '../../core/coverage.ts';
import { Problem } from './problem.ts';

export const cursorParameter = v.exactOptional(
  v.pipe(v.string(), v.description('The `next` of the page before, with the same parameters; its range is used.')),
);

/** It keeps the range, which moves on while one reads when it is told from now. */
export interface ListCursor {
  readonly range: Interval;
  readonly after: string;
}

/** What a Date can hold. https://tc39.es/ecma262/#sec-time-values-and-time-range */
const instant = v.pipe(v.number(), v.integer(), v.minValue(-8.64e15), v.maxValue(8.64e15));
const cursorSchema = v.tuple([instant, instant, v.string()]);

export function printCursor({ range: { from, to }, after }: ListCursor): string {
  return Buffer.from(JSON.stringify([from, to, after])).toString('base64url');
}

/** Throws {@link Problem} 400. */
export function parseCursor(text: string): ListCursor {
  try {
    const [from, to, after] = v.parse(cursorSchema, JSON.parse(Buffer.from(text, 'base64url').toString()));
    return { range: { from, to }, after };
  } catch {
    throw new Problem(400, `cursor: found ${JSON.stringify(text)}, want the next of an answer`, {
      parameter: 'cursor',
    });
  }
}
