/** Sprig's functions for passwords: https://masterminds.github.io/sprig/crypto.html */
import { createHmac, randomBytes, scryptSync } from 'node:crypto';
import { encodeBase64 as encodeSalt, hashSync } from 'bcryptjs';
import type { TemplateFunctions } from '../functions.ts';
import { toBytes, utf8Length } from '../go-string.ts';
import { STRING, UINT32 } from '../go-type.ts';
import { basicOf } from '../value.ts';
import { define, type Parameter, string } from './define.ts';

const BCRYPT_COST = 10;
/** Longer passwords would be cut: https://pkg.go.dev/golang.org/x/crypto/bcrypt#GenerateFromPassword */
const BCRYPT_MAX_BYTES = 72;

function bcrypt(password: string): string {
  if (utf8Length(password) > BCRYPT_MAX_BYTES) {
    return `failed to encrypt string with bcrypt: bcrypt: password length exceeds ${BCRYPT_MAX_BYTES} bytes`;
  }
  // The library would call its version of the same format 2b.
  return hashSync(password.toWellFormed(), `$2a$${BCRYPT_COST}$${encodeSalt(randomBytes(16), 16)}`);
}

const htpasswd = (user: string, password: string): string =>
  user.includes(':') ? `invalid username: ${user}` : `${user}:${bcrypt(password)}`;

/** The forms of passwords, a letter for each set of characters: https://masterpassword.app/masterpassword-algorithm.pdf */
const FORMS: Readonly<Record<string, readonly string[]>> = {
  maximum: ['anoxxxxxxxxxxxxxxxxx', 'axxxxxxxxxxxxxxxxxno'],
  long: [
    'CvcvnoCvcvCvcv',
    'CvcvCvcvnoCvcv',
    'CvcvCvcvCvcvno',
    'CvccnoCvcvCvcv',
    'CvccCvcvnoCvcv',
    'CvccCvcvCvcvno',
    'CvcvnoCvccCvcv',
    'CvcvCvccnoCvcv',
    'CvcvCvccCvcvno',
    'CvcvnoCvcvCvcc',
    'CvcvCvcvnoCvcc',
    'CvcvCvcvCvccno',
    'CvccnoCvccCvcv',
    'CvccCvccnoCvcv',
    'CvccCvccCvcvno',
    'CvcvnoCvccCvcc',
    'CvcvCvccnoCvcc',
    'CvcvCvccCvccno',
    'CvccnoCvcvCvcc',
    'CvccCvcvnoCvcc',
    'CvccCvcvCvccno',
  ],
  medium: ['CvcnoCvc', 'CvcCvcno'],
  short: ['Cvcn'],
  basic: ['aaanaaan', 'aannaaan', 'aaannaaa'],
  pin: ['nnnn'],
};

const CHARACTERS: Readonly<Record<string, string>> = {
  V: 'AEIOU',
  C: 'BCDFGHJKLMNPQRSTVWXYZ',
  v: 'aeiou',
  c: 'bcdfghjklmnpqrstvwxyz',
  a: 'AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz',
  n: '0123456789',
  o: "@&%?,=[]_:-+*$#!'^~;()/.",
  x: 'AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()',
};

const SCOPE = 'com.lyndir.masterpassword';
const SCRYPT = { N: 32_768, r: 8, p: 2, maxmem: 64 << 20 };

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** The scope, and a text behind its length. */
const scoped = (text: string): Buffer => Buffer.concat([Buffer.from(SCOPE), uint32(utf8Length(text)), toBytes(text)]);

function derivePassword(counter: number, type: string, password: string, user: string, site: string): string {
  const forms = Object.hasOwn(FORMS, type) ? (FORMS[type] ?? []) : [];
  if (forms.length === 0) return `cannot find password template ${type}`;
  const key = scryptSync(toBytes(password), scoped(user), 64, SCRYPT);
  const [first = 0, ...seed] = createHmac('sha256', key).update(scoped(site)).update(uint32(counter)).digest();
  const form = forms[first % forms.length] ?? '';
  return Array.from(form, (letter, index) => {
    const characters = CHARACTERS[letter] ?? '';
    return characters[(seed[index] ?? 0) % characters.length];
  }).join('');
}

const counter: Parameter<number> = { type: UINT32, read: (value) => Number(basicOf(value)) };

export const PASSWORD_FUNCTIONS: TemplateFunctions = {
  bcrypt: define([string], STRING, bcrypt),
  htpasswd: define([string, string], STRING, htpasswd),
  derivePassword: define([counter, string, string, string, string], STRING, derivePassword),
};
