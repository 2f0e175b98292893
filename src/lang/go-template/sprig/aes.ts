/** `encryptAES` and `decryptAES`: AES-256 in CBC mode under a password of at most 32 bytes, the vector in front. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { TemplateFunctions } from '../functions.ts';
import { fromBytes, toBytes } from '../go-string.ts';
import { STRING } from '../go-type.ts';
import { GoError } from '../value.ts';
import { decodeBase64, encodeBase64 } from './base-encoding.ts';
import { define, string } from './define.ts';

const BLOCK = 16;
const KEY = 32;
const CIPHER = 'aes-256-cbc';

function keyOf(password: string): Buffer {
  const key = Buffer.alloc(KEY);
  key.set(toBytes(password).subarray(0, KEY));
  return key;
}

function encrypt(password: string, text: string): string {
  if (text === '') return '';
  const vector = randomBytes(BLOCK);
  const cipher = createCipheriv(CIPHER, keyOf(password), vector);
  return encodeBase64(Buffer.concat([vector, cipher.update(toBytes(text)), cipher.final()]));
}

/** The last byte says how much padding there is, which is not looked at otherwise. */
function decrypt(password: string, encrypted: string): string {
  if (encrypted === '') return '';
  const bytes = decodeBase64(encrypted);
  if (bytes.length < BLOCK)
    throw new GoError(`runtime error: slice bounds out of range [:16] with capacity ${bytes.length}`);
  if (bytes.length % BLOCK > 0) throw new GoError('crypto/cipher: input not full blocks');
  const decipher = createDecipheriv(CIPHER, keyOf(password), bytes.subarray(0, BLOCK)).setAutoPadding(false);
  const text = Buffer.concat([decipher.update(bytes.subarray(BLOCK)), decipher.final()]);
  const padding = text.at(-1);
  if (padding === undefined) throw new GoError('runtime error: index out of range [-1]');
  if (padding > text.length) throw new GoError(`runtime error: slice bounds out of range [:${text.length - padding}]`);
  return fromBytes(text.subarray(0, text.length - padding));
}

export const AES_FUNCTIONS: TemplateFunctions = {
  encryptAES: define([string, string], STRING, encrypt),
  decryptAES: define([string, string], STRING, decrypt),
};
