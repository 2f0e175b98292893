import { validateHeaderName, validateHeaderValue } from 'node:http';
import { AppError } from '../core/errors.ts';

/** What the client itself has to say: https://www.rfc-editor.org/rfc/rfc9110.html#section-7.6.1 and how long a body is. */
const RESERVED = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'expect',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** The headers by names in lower case. Throws an AppError that names the one that cannot be sent. */
export function headersOf(configured: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(configured)) {
    const lower = name.toLowerCase();
    if (!isValid(() => validateHeaderName(name))) throw unusable(name, 'found another character, want a token of HTTP');
    if (!isValid(() => validateHeaderValue(name, value)))
      throw unusable(name, 'found a character in its value that no header can hold');
    if (RESERVED.has(lower)) throw unusable(name, 'found one that the client sets itself');
    if (lower in headers) throw unusable(name, 'found twice, want it once');
    headers[lower] = value;
  }
  return headers;
}

function isValid(validate: () => void): boolean {
  try {
    validate();
    return true;
  } catch {
    return false;
  }
}

function unusable(name: string, found: string): AppError {
  return new AppError('CONFIG_INVALID', `use header ${JSON.stringify(name)}: ${found}`);
}
