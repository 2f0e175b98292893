/** Sprig's encodings and checksums: https://masterminds.github.io/sprig/encoding.html */
import { createHash } from 'node:crypto';
import type { TemplateFunctions } from '../functions.ts';
import { fromBytes, toBytes } from '../go-string.ts';
import { STRING } from '../go-type.ts';
import { CorruptInput, decodeBase32, decodeBase64, encodeBase32, encodeBase64 } from './base-encoding.ts';
import { define, string } from './define.ts';

const onText = (change: (text: string) => string) => define([string], STRING, change);

/** What cannot be decoded yields the message of the error as its text. */
const decoding = (decode: (text: string) => Uint8Array) =>
  onText((text) => {
    try {
      return fromBytes(decode(text));
    } catch (error) {
      if (error instanceof CorruptInput) return error.message;
      throw error;
    }
  });

const hashing = (algorithm: string) => onText((text) => createHash(algorithm).update(toBytes(text)).digest('hex'));

const ADLER_MODULUS = 65521;

/** https://www.rfc-editor.org/rfc/rfc1950#section-8.2 */
function adler32(text: string): string {
  let low = 1;
  let high = 0;
  for (const byte of toBytes(text)) {
    low = (low + byte) % ADLER_MODULUS;
    high = (high + low) % ADLER_MODULUS;
  }
  return String(high * 0x10000 + low);
}

export const ENCODING_FUNCTIONS: TemplateFunctions = {
  b64enc: onText((text) => encodeBase64(toBytes(text))),
  b64dec: decoding(decodeBase64),
  b32enc: onText((text) => encodeBase32(toBytes(text))),
  b32dec: decoding(decodeBase32),
  sha1sum: hashing('sha1'),
  sha256sum: hashing('sha256'),
  sha512sum: hashing('sha512'),
  adler32sum: onText(adler32),
};
