import type { IncomingMessage } from 'node:http';
import { parseAccept } from './parse-accept.ts';

/** How an answer may be compressed; the smallest first. */
const ENCODINGS = ['br', 'gzip'] as const;

export type Encoding = (typeof ENCODINGS)[number];

/** https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3 */
export function acceptedEncodings({ headers }: IncomingMessage): readonly Encoding[] {
  const header = headers['accept-encoding'];
  const accepted = header === undefined ? [] : parseAccept(String(header)).filter(({ quality }) => quality > 0);
  return ENCODINGS.filter((encoding) => accepted.some(({ type }) => type === encoding));
}
