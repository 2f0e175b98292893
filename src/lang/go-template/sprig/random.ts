/** Sprig's random functions, all from the cryptographic generator: https://masterminds.github.io/sprig/strings.html */
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { TemplateFunctions } from '../functions.ts';
import { INT, STRING } from '../go-type.ts';
import { GoError } from '../value.ts';
import { checkSize } from './bounds.ts';
import { bigInt, define, int, string } from './define.ts';

const DIGITS = '0123456789';
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ASCII = String.fromCharCode(...Array.from({ length: 0x7f - 0x20 }, (_, index) => 0x20 + index));

/** Nothing when the count is below 1. */
const randomText = (alphabet: string) =>
  define([int], STRING, (count) => {
    checkSize(count);
    return Array.from({ length: Math.max(count, 0) }, () => alphabet[randomInt(alphabet.length)]).join('');
  });

function shuffle(text: string): string {
  const characters = Array.from(text.toWellFormed());
  for (let index = characters.length - 1; index > 0; index--) {
    const other = randomInt(index + 1);
    [characters[index], characters[other]] = [characters[other] ?? '', characters[index] ?? ''];
  }
  return characters.join('');
}

/** From `min` on and below `max`. */
function randomInteger(min: bigint, max: bigint): bigint {
  const range = BigInt.asIntN(64, max - min);
  if (range <= 0n) throw new GoError('invalid argument to Intn');
  // So many more bits than needed that no value is more likely than another by more than 2⁻⁶⁴.
  return min + (BigInt(`0x${randomBytes(16).toString('hex')}`) % range);
}

function randomBase64(count: number): string {
  if (count < 0) throw new GoError('runtime error: makeslice: len out of range');
  checkSize(count);
  return randomBytes(count).toString('base64');
}

export const RANDOM_FUNCTIONS: TemplateFunctions = {
  randAlphaNum: randomText(LETTERS + DIGITS),
  randAlpha: randomText(LETTERS),
  randNumeric: randomText(DIGITS),
  randAscii: randomText(ASCII),
  randInt: define([bigInt, bigInt], INT, randomInteger),
  randBytes: define([int], STRING, randomBase64),
  shuffle: define([string], STRING, shuffle),
  uuidv4: define([], STRING, () => randomUUID()),
};
