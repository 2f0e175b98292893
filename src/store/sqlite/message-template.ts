/**
 * Messages repeat but for a few variables: numbers, uuids, hashes, generated names, the involved object's own name.
 * A template holds a placeholder for each of them; its kind says how the variable is packed. Whatever a variable's text
 * is, it is packed exactly, so a template that fits badly costs bytes and nothing else.
 */
import type { ByteReader, ByteWriter } from './bytes.ts';
import { DASH, DIGIT, endOfRun, HEX_DIGIT, isKind, LETTER_OR_DIGIT, SUFFIX_LETTER } from './characters.ts';
import { UUID_LENGTH, uuidFromBytes, uuidToBytes } from './uuid.ts';

// Control characters of Latin-1: V8 keeps a string with any beyond that in two bytes a character. A message that contains
// one of them itself is not split.
const NUMBER = '\u0091';
const HEX = '\u0092';
const UUID = '\u0093';
const TEXT = '\u0094';
const OBJECT_NAME = '\u0095';
const PLACEHOLDERS = /([\u0091-\u0095])/;
const [FIRST_PLACEHOLDER, LAST_PLACEHOLDER] = [0x91, 0x95];

/** A name shorter than this occurs in other words by chance. */
const MIN_NAME_LENGTH = 3;
const MIN_HEX_LENGTH = 16;
/** The digits of a uuid before its first dash. */
const UUID_HEAD_LENGTH = 8;
const POD_SUFFIX_LENGTH = 5;
const MAX_EXACT_DIGITS = 15;

interface Variable {
  readonly kind: string;
  readonly text: string;
}

export interface SplitMessage {
  readonly template: string;
  /** One for each placeholder but the object's name. */
  readonly variables: readonly Variable[];
}

/** Splits a message about the object of that name; undefined when it contains a placeholder character itself. */
export function splitMessage(message: string, objectName: string): SplitMessage | undefined {
  const variables: Variable[] = [];
  let name = objectName.length < MIN_NAME_LENGTH ? -1 : message.indexOf(objectName);
  let template = '';
  /** Up to where the message is in the template. */
  let done = 0;
  for (let index = 0; index < message.length; ) {
    if (index === name) {
      template += message.slice(done, index) + OBJECT_NAME;
      index = done = index + objectName.length;
      name = message.indexOf(objectName, index);
      continue;
    }
    const code = message.charCodeAt(index);
    if (code >= FIRST_PLACEHOLDER && code <= LAST_PLACEHOLDER) return undefined;
    const end = endOfVariable(message, index, name < 0 ? message.length : name);
    if (end === index) index++;
    else {
      const text = message.slice(index, end);
      const kind = kindOf(text);
      template += message.slice(done, index) + kind;
      variables.push({ kind, text });
      index = done = end;
    }
  }
  return { template: done === 0 ? message : template + message.slice(done), variables };
}

/** `start` where none begins. */
function endOfVariable(message: string, start: number, limit: number): number {
  if (!isKind(message, start, HEX_DIGIT | DASH)) return start;
  if (isKind(message, start, DASH)) return endOfSuffix(message, start, limit);
  const end = endOfRun(message, start, limit, HEX_DIGIT);
  const length = end - start;
  if (length >= MIN_HEX_LENGTH) return end;
  if (length === UUID_HEAD_LENGTH && start + UUID_LENGTH <= limit && isKind(message, end, DASH)) {
    if (uuidToBytes(message.slice(start, start + UUID_LENGTH))) return start + UUID_LENGTH;
  }
  return endOfRun(message, start, end, DIGIT);
}

/** Of a generated name: `-x2x9z` of a pod, `-7d4b9c6f5` of a replica set, or both. */
function endOfSuffix(message: string, start: number, limit: number): number {
  const end = endOfRun(message, start + 1, limit, SUFFIX_LETTER);
  if (!isEndOfWord(message, end, limit)) return start;
  const length = end - start - 1;
  if (length === POD_SUFFIX_LENGTH) return end;
  if (length < 8 || length > 10) return start;
  const second = isKind(message, end, DASH) ? endOfRun(message, end + 1, limit, SUFFIX_LETTER) : end;
  return second - end - 1 === POD_SUFFIX_LENGTH && isEndOfWord(message, second, limit) ? second : end;
}

function isEndOfWord(message: string, index: number, limit: number): boolean {
  return index >= limit || !isKind(message, index, LETTER_OR_DIGIT);
}

function kindOf(text: string): string {
  if (text.startsWith('-')) return TEXT;
  if (text.length === UUID_LENGTH && text[UUID_HEAD_LENGTH] === '-') return UUID;
  if (text.length >= MIN_HEX_LENGTH) return text.length % 2 === 0 ? HEX : TEXT;
  return text.length <= MAX_EXACT_DIGITS && (text === '0' || !text.startsWith('0')) ? NUMBER : TEXT;
}

export function writeVariables({ variables }: SplitMessage, bytes: ByteWriter): void {
  for (const { kind, text } of variables) {
    if (kind === NUMBER) bytes.varint(Number(text));
    else if (kind === TEXT) bytes.text(text);
    else {
      if (kind === HEX) bytes.varint(text.length / 2);
      bytes.hex(text);
    }
  }
}

/** A template as {@link readMessage} takes it: text and placeholders in turn. */
export function partsOf(template: string): readonly string[] {
  return template.split(PLACEHOLDERS);
}

/** The message again, its variables read from `bytes`. */
export function readMessage(parts: readonly string[], objectName: string, bytes: ByteReader): string {
  let message = parts[0] ?? '';
  for (let index = 1; index < parts.length; index += 2) {
    message += readVariable(parts[index], objectName, bytes) + (parts[index + 1] ?? '');
  }
  return message;
}

function readVariable(kind: string | undefined, objectName: string, bytes: ByteReader): string {
  if (kind === OBJECT_NAME) return objectName;
  if (kind === NUMBER) return String(bytes.varint());
  if (kind === UUID) return uuidFromBytes(bytes.bytes(16));
  if (kind === TEXT) return bytes.text();
  return bytes.bytes(bytes.varint()).toString('hex');
}
