/** Private keys as sprig makes, reads and writes them: PEM, in the traditional form of each algorithm. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { GoError } from '../value.ts';
import { der, derInteger, derValues } from './der.ts';

/** `genPrivateKey`. An RSA key of this size takes seconds. */
export function generatePrivateKey(type: string): string {
  switch (type) {
    case '':
    case 'rsa':
      return privateKeyPem(generateKeyPairSync('rsa', { modulusLength: 4096 }).privateKey);
    case 'dsa':
      return privateKeyPem(generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 }).privateKey);
    case 'ecdsa':
      return privateKeyPem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
    case 'ed25519':
      return privateKeyPem(generateKeyPairSync('ed25519').privateKey);
    default:
      return `Unknown type ${type}`;
  }
}

/** The key of the certificates that are made without one. */
export const generateRsaKey = (): KeyObject => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

export function privateKeyPem(key: KeyObject): string {
  if (key.asymmetricKeyType === 'dsa') return pemBlock('DSA PRIVATE KEY', dsaKey(key));
  const type = key.asymmetricKeyType === 'rsa' ? 'pkcs1' : key.asymmetricKeyType === 'ec' ? 'sec1' : 'pkcs8';
  return key.export({ type, format: 'pem' }).toString();
}

export function pemBlock(label: string, content: Uint8Array): string {
  const lines =
    Buffer.from(content)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** 0, p, q, g, y, x: taken out of the forms that Node writes. */
function dsaKey(key: KeyObject): Buffer {
  const inside = (bytes: Buffer | undefined): Buffer[] =>
    derValues(bytes ?? Buffer.alloc(0)).map(({ content }) => content);
  const [, algorithm, privateValue] = inside(inside(key.export({ type: 'pkcs8', format: 'der' }))[0]);
  const [, publicValue] = inside(inside(createPublicKey(key).export({ type: 'spki', format: 'der' }))[0]);
  const parameters = inside(inside(algorithm)[1]);
  // A bit string begins with how many bits its last byte lacks.
  const [y] = inside(publicValue?.subarray(1));
  const [x] = inside(privateValue);
  return der('sequence', ...[Buffer.of(0), ...parameters, y, x].map((value) => derInteger(value ?? Buffer.alloc(0))));
}

/** The first PEM block of a text: its label and content. */
export function firstPemBlock(text: string): { label: string; pem: string } | undefined {
  const [pem, label = ''] = /-----BEGIN ([^\n]+?)-----\r?\n[^]*?-----END \1-----/.exec(text) ?? [];
  return pem === undefined ? undefined : { label, pem };
}

/** Throws a GoError. */
export function parsePrivateKey(text: string): KeyObject {
  const block = firstPemBlock(text);
  if (block === undefined) throw new GoError('no PEM data in input');
  const { label, pem } = block;
  const [, algorithm] =
    /^(?:(.*) )?PRIVATE KEY$/.exec(label) ?? fail(`no private key data in PEM block of type ${label}`);
  if (algorithm !== undefined && !['RSA', 'EC', 'DSA'].includes(algorithm)) fail(`invalid private key type ${label}`);
  try {
    return createPrivateKey(pem);
  } catch {
    return fail(algorithm === undefined ? 'decoding PEM as PKCS#8' : `parsing ${algorithm} private key from PEM`);
  }
}

const fail = (message: string): never => {
  throw new GoError(message);
};
