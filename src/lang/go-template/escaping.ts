/** `html`, `js` and `urlquery`: text made safe to stand in another language. https://pkg.go.dev/text/template#HTMLEscaper */
import { isPrint } from './go-quote.ts';
import { isSurrogate, RUNE_ERROR, toBytes } from './go-string.ts';

const HTML: Readonly<Record<string, string>> = {
  '\0': '\ufffd',
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
};

export const escapeHtml = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- NUL is one of the characters that are escaped
  text.replace(/[\0"'&<>]/g, (character) => HTML[character] ?? '');

const JS: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
};

const unicodeEscape = (code: number): string => `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;

/** As a part of a JavaScript string. */
export const escapeJs = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- control characters are escaped
  text.replace(/[\x00-\x1f\\'"<>&=]|[^\x00-\x7f]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) return JS[character] ?? unicodeEscape(code);
    if (isSurrogate(code)) return isPrint(RUNE_ERROR) ? character : unicodeEscape(RUNE_ERROR);
    return isPrint(code) ? character : unicodeEscape(code);
  });

const UNRESERVED = /^[A-Za-z0-9\-_.~]$/;

/** `url.QueryEscape`: https://pkg.go.dev/net/url#QueryEscape */
export function escapeQuery(text: string): string {
  if (/^[A-Za-z0-9\-_.~]*$/.test(text)) return text;
  let escaped = '';
  for (const byte of toBytes(text)) {
    const character = String.fromCharCode(byte);
    if (UNRESERVED.test(character)) escaped += character;
    else escaped += character === ' ' ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return escaped;
}
