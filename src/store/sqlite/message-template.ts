/**
 * Messages repeat but for a few variables: numbers, uuids, hashes, generated names, the involved object's own name.
 * A template holds a placeholder for each of them; its kind says how the variable is packed. Whatever a variable's text
 * is, it is packed exactly, so a template that fits badly costs bytes and nothing else.
 */
import type { ByteReader, ByteWriter } from './bytes.ts';
import { uuidFromBytes, uuidToBytes } from './uuid.ts';

// Private-use characters; a message that contains one of them itself is not split.
const NUMBER = '\uE001';
const HEX = '\uE002';
const UUID = '\uE003';
const TEXT = '\uE004';
const OBJECT_NAME = '\uE005';
const PLACEHOLDER = /[\uE001-\uE005]/;
const PLACEHOLDERS = /[\uE001-\uE005]/g;

// The alphabet of generated suffixes: https://github.com/kubernetes/kubernetes/blob/v1.35.4/staging/src/k8s.io/apimachinery/pkg/util/rand/rand.go
const SUFFIX = '[bcdfghjklmnpqrstvwxz2456789]';
const VARIABLE = new RegExp(
  [
    '(?<uuid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})',
    '(?<hex>[0-9a-f]{16,})',
    `(?<suffix>(?:-${SUFFIX}{8,10})?-${SUFFIX}{5}(?![a-z0-9])|-${SUFFIX}{8,10}(?![a-z0-9]))`,
    '(?<number>[0-9]+)',
  ].join('|'),
  'g',
);
/** A name shorter than this occurs in other words by chance. */
const MIN_NAME_LENGTH = 3;

export interface SplitMessage {
  readonly template: string;
  /** One for each placeholder but the object's name. */
  readonly variables: readonly string[];
}

/** Splits a message about the object of that name; undefined when it contains a placeholder character itself. */
export function splitMessage(message: string, objectName: string): SplitMessage | undefined {
  if (PLACEHOLDER.test(message) || PLACEHOLDER.test(objectName)) return undefined;
  const variables: string[] = [];
  const placeholder = (text: string, ...rest: unknown[]): string => {
    variables.push(text);
    return kindOf(text, rest);
  };
  if (objectName.length < MIN_NAME_LENGTH || !message.includes(objectName)) {
    return { template: message.replace(VARIABLE, placeholder), variables };
  }
  const parts = message.split(objectName).map((part) => part.replace(VARIABLE, placeholder));
  return { template: parts.join(OBJECT_NAME), variables };
}

/** `captured` begins with the four groups of {@link VARIABLE}. */
function kindOf(text: string, captured: readonly unknown[]): string {
  if (captured[0] !== undefined) return UUID;
  if (captured[1] !== undefined) return text.length % 2 === 0 ? HEX : TEXT;
  if (captured[2] !== undefined) return TEXT;
  const exact = text.length <= 15 && (text === '0' || !text.startsWith('0'));
  return exact ? NUMBER : TEXT;
}

export function writeVariables({ template, variables }: SplitMessage, bytes: ByteWriter): void {
  let index = 0;
  for (const [kind] of template.matchAll(PLACEHOLDERS)) {
    if (kind === OBJECT_NAME) continue;
    const text = variables[index++] ?? '';
    if (kind === NUMBER) bytes.varint(Number(text));
    else if (kind === UUID) bytes.bytes(uuidToBytes(text));
    else if (kind === TEXT) bytes.text(text);
    else {
      bytes.varint(text.length / 2);
      bytes.bytes(Buffer.from(text, 'hex'));
    }
  }
}

/** The message again, its variables read from `bytes`. */
export function readMessage(template: string, objectName: string, bytes: ByteReader): string {
  return template.replace(PLACEHOLDERS, (kind) => {
    if (kind === OBJECT_NAME) return objectName;
    if (kind === NUMBER) return String(bytes.varint());
    if (kind === UUID) return uuidFromBytes(bytes.bytes(16));
    if (kind === TEXT) return bytes.text();
    return bytes.bytes(bytes.varint()).toString('hex');
  });
}
