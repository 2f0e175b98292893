import { nearestName } from '../util/nearest-name.ts';
import type { Field } from './field.ts';

/** A text as messages show it: without the credentials of a URL, and not at length. */
export function shown(text: string): string {
  const open = text.replace(/\/\/[^/@]*@/, '//…@');
  return JSON.stringify(open.length > 60 ? `${open.slice(0, 60)}…` : open);
}

/** How many words are still read when one of them is suggested. */
const MANY_OPTIONS = 8;

/** The end of a message: what is wanted instead of the input. */
export function wish(input: unknown, field: Field): string {
  const wanted = `want ${field.wanted}`;
  if (field.type !== 'text') return wanted;
  const { options, pattern } = field;
  // 5 and true are texts to their author where any text will do.
  if (typeof input !== 'string') {
    const needsQuotes = (typeof input === 'number' || typeof input === 'boolean') && !options && pattern === undefined;
    return needsQuotes ? `${wanted}, in quotes` : wanted;
  }
  const near = options && nearestName(input, options);
  if (!near) return wanted;
  return options.length > MANY_OPTIONS ? `did you mean "${near}"?` : `${wanted}; did you mean "${near}"?`;
}
