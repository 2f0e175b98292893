/**
 * Texts cut and broken to a width, which counts bytes: https://pkg.go.dev/github.com/Masterminds/goutils@v1.1.1
 */
import { byteSlice, fromBytes, joined, toBytes, utf8Length } from '../go-string.ts';

const MARK = '...';

/** `abbrevboth`: `offset` bytes at the beginning give way to a mark too, as far as the width lets them. */
export function abbreviate(text: string, offset: number, width: number): string {
  const length = utf8Length(text);
  if (width < 4) return '';
  if (length <= width) return text;
  const room = width - MARK.length;
  let start = Math.min(offset, length);
  if (length - start < room) start = length - room;
  if (start <= 4) return byteSlice(text, 0, room) + MARK;
  if (width < 7) return '';
  if (start + room < length) return MARK + abbreviate(byteSlice(text, start, length), 0, room);
  return MARK + byteSlice(text, length - room, length);
}

const SPACE = 0x20;

/** `wrapWith`, and `wrap` without cutting words that are longer than a line. */
export function wrap(text: string, width: number, lineBreak: string, cutWords: boolean): string {
  const bytes = Buffer.from(toBytes(text));
  const columns = Math.max(width, 1);
  const separator = lineBreak === '' ? '\n' : lineBreak;
  let output = '';
  let at = 0;
  const line = (end: number, next: number): void => {
    output += fromBytes(bytes.subarray(at, end)) + separator;
    at = next;
  };
  while (bytes.length - at > columns) {
    if (bytes[at] === SPACE) {
      at++;
      continue;
    }
    const space = bytes.subarray(at, at + columns + 1).lastIndexOf(SPACE);
    if (space >= 0) line(at + space, at + space + 1);
    else if (cutWords) line(at + columns, at + columns);
    else {
      const end = bytes.indexOf(SPACE, at + columns);
      if (end < 0) break;
      line(end, end + 1);
    }
  }
  return joined(output + fromBytes(bytes.subarray(at)));
}
