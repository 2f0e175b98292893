/**
 * How the fields of an event are packed. A codec answers with a one-character code that says what it wrote; `x` means
 * that the value does not fit, nothing was written, and it goes to the row's JSON as it is. Codecs never guess: what
 * they accept, they give back exactly.
 */
import type { ByteReader, ByteWriter } from './bytes.ts';
import { decimalValue, endOfRun, HEX_DIGIT, hexValue } from './characters.ts';
import { readMessage, splitMessage, writeVariables } from './message-template.ts';

/** Strings that repeat across events. */
export interface EncodeDictionary {
  /** The id of a string, or undefined when it has not been seen often enough to be worth one. */
  stringId(value: string): number | undefined;
  templateId(template: string): number | undefined;
}

export interface DecodeDictionary {
  string(id: number): string;
  /** In parts, as `readMessage` takes it. */
  template(id: number): readonly string[];
}

/** What the row says in its columns, and a body needs not repeat. */
export interface RowContext {
  /** Last seen, in whole seconds: the base of all times of the event. */
  readonly baseSeconds: number;
  readonly resourceVersion: number;
  readonly uid: string;
  readonly namespace: string;
  readonly type: string;
  readonly reason: string;
  /** Of the involved object, as all that follow. */
  readonly kind: string;
  readonly objectNamespace: string;
  readonly objectName: string;
  readonly objectUid: string;
}

interface ParsedTimestamp {
  readonly text: string;
  readonly seconds: number;
  /** Undefined where it has none, not even zeros. */
  readonly micros: number | undefined;
}

export interface EncodeContext {
  readonly row: RowContext;
  readonly bytes: ByteWriter;
  /** Strings that go to the shape. */
  readonly constants: string[];
  readonly dictionary: EncodeDictionary;
  template: number | null;
  host: string | undefined;
  /** The timestamp that was parsed last: the times of an event are often the same. */
  parsed: ParsedTimestamp | undefined;
}

export interface DecodeContext {
  readonly row: RowContext;
  readonly bytes: ByteReader;
  readonly constants: readonly string[];
  readonly dictionary: DecodeDictionary;
  readonly template: number | null;
  nextConstant: number;
  host: string | undefined;
}

export interface FieldCodec {
  encode(value: unknown, context: EncodeContext): string;
  decode(code: string, context: DecodeContext): unknown;
}

export const DOES_NOT_FIT = 'x';
/** Between the parts of a shape; a constant that contains it is written inline. */
export const SEPARATOR = '\u001F';
const MAX_CONSTANT_LENGTH = 200;

/** A value that a column of the row holds already. */
export function inColumn(column: (row: RowContext) => string | number): FieldCodec {
  return {
    encode: (value, { row }) => (typeof value === 'string' && value === String(column(row)) ? 's' : DOES_NOT_FIT),
    decode: (_, { row }) => String(column(row)),
  };
}

/** Always in the row's JSON: listed only to keep its place in the order of fields. */
export const unpacked: FieldCodec = { encode: () => DOES_NOT_FIT, decode: () => undefined };

function inline(value: string, bytes: ByteWriter): string {
  if (!value.isWellFormed()) return DOES_NOT_FIT;
  bytes.text(value);
  return 'i';
}

/** A string of which there are few: it becomes part of the shape. */
export const constant: FieldCodec = {
  encode(value, { constants, bytes }) {
    if (typeof value !== 'string') return DOES_NOT_FIT;
    if (value === '') return 'e';
    if (value.length > MAX_CONSTANT_LENGTH || value.includes(SEPARATOR)) return inline(value, bytes);
    if (!value.isWellFormed()) return DOES_NOT_FIT;
    constants.push(value);
    return 'c';
  },
  decode(code, context) {
    if (code === 'e') return '';
    return code === 'i' ? context.bytes.text() : context.constants[context.nextConstant++];
  },
};

/** A string of which there are many, each repeated often: a node's name. */
const repeated: FieldCodec = {
  encode(value, { dictionary, bytes }) {
    if (typeof value !== 'string') return DOES_NOT_FIT;
    if (value === '') return 'e';
    if (!value.isWellFormed()) return DOES_NOT_FIT;
    const id = dictionary.stringId(value);
    if (id === undefined) return inline(value, bytes);
    bytes.varint(id);
    return 'd';
  },
  decode(code, { dictionary, bytes }) {
    if (code === 'e') return '';
    return code === 'i' ? bytes.text() : dictionary.string(bytes.varint());
  },
};

export const host: FieldCodec = {
  encode(value, context) {
    const code = repeated.encode(value, context);
    if (typeof value === 'string' && code !== DOES_NOT_FIT) context.host = value;
    return code;
  },
  decode(code, context) {
    const value = repeated.decode(code, context);
    context.host = String(value);
    return value;
  },
};

/** Most often the same as the source's host. */
export const reportingInstance: FieldCodec = {
  encode: (value, context) => (value !== '' && value === context.host ? '=' : repeated.encode(value, context)),
  decode: (code, context) => (code === '=' ? context.host : repeated.decode(code, context)),
};

export const number: FieldCodec = {
  encode(value, { bytes }) {
    if (value === 1) return '1';
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) return DOES_NOT_FIT;
    bytes.varint(value);
    return 'n';
  },
  decode: (code, { bytes }) => (code === '1' ? 1 : bytes.varint()),
};

/** The resourceVersion of the involved object: close below the event's own. */
export const relatedVersion: FieldCodec = {
  encode(value, { bytes, row }) {
    if (typeof value !== 'string') return DOES_NOT_FIT;
    if (value === '') return 'e';
    const version = Number(value);
    if (!Number.isSafeInteger(version) || version < 0 || String(version) !== value) return inline(value, bytes);
    bytes.signed(row.resourceVersion - version);
    return 'n';
  },
  decode(code, { bytes, row }) {
    if (code === 'e') return '';
    return code === 'i' ? bytes.text() : String(row.resourceVersion - bytes.signed());
  },
};

/**
 * An event's name: the object's, a dot and the creation time in nanoseconds as 16 hexadecimal digits.
 * https://github.com/kubernetes/client-go/blob/v0.35.4/tools/record/event.go
 */
export const eventName: FieldCodec = {
  encode(value, { bytes, row }) {
    if (typeof value !== 'string') return DOES_NOT_FIT;
    const suffix = row.objectName.length + 1;
    const isNamed = value.startsWith(row.objectName) && value[suffix - 1] === '.';
    const isTimed = value.length === suffix + 16 && endOfRun(value, suffix, value.length, HEX_DIGIT) === value.length;
    if (!isNamed || !isTimed) return inline(value, bytes);
    bytes.signed(hexNumber(value, suffix) - predictedHigh(row));
    bytes.uint32(hexNumber(value, suffix + 8));
    return 'h';
  },
  decode(code, { bytes, row }) {
    if (code === 'i') return bytes.text();
    const high = bytes.signed() + predictedHigh(row);
    return `${row.objectName}.${hex32(high)}${hex32(bytes.uint32())}`;
  },
};

/** The upper 32 bits of the last-seen time in nanoseconds. */
function predictedHigh({ baseSeconds }: RowContext): number {
  return Math.floor((baseSeconds * 1e9) / 2 ** 32);
}

/** Of eight digits. */
function hexNumber(digits: string, start: number): number {
  let value = 0;
  for (let index = start; index < start + 8; index++) value = value * 16 + hexValue(digits, index);
  return value;
}

function hex32(value: number): string {
  return value.toString(16).padStart(8, '0');
}

export const message: FieldCodec = {
  encode(value, context) {
    if (typeof value !== 'string' || !value.isWellFormed()) return DOES_NOT_FIT;
    if (value === '') return 'e';
    const split = splitMessage(value, context.row.objectName);
    const id = split && context.dictionary.templateId(split.template);
    if (split === undefined || id === undefined) return inline(value, context.bytes);
    writeVariables(split, context.bytes);
    context.template = id;
    return 't';
  },
  decode(code, { bytes, dictionary, template, row }) {
    if (code === 'e') return '';
    if (code === 'i' || template === null) return bytes.text();
    return readMessage(dictionary.template(template), row.objectName, bytes);
  },
};

// Only what Date prints back as it was: its years have four digits, and the epoch's are the first that events know.
const TIMESTAMP = /^(?:19[7-9]\d|[2-9]\d{3})-(?:0[1-9]|1[0-2])-[0-3]\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{6})?Z$/;
const WITHOUT_MICROS = 20;

/** Timestamps as the API server prints them: in whole seconds, or with six digits of microseconds. */
export const timestamp: FieldCodec = {
  encode(value, context) {
    const { bytes, row } = context;
    if (value === null) return '0';
    const parsed = value === context.parsed?.text ? context.parsed : parse(value);
    if (parsed === undefined) return DOES_NOT_FIT;
    context.parsed = parsed;
    const { seconds, micros } = parsed;
    if (micros === undefined && seconds === row.baseSeconds) return '=';
    bytes.signed(seconds - row.baseSeconds);
    if (micros === undefined) return 's';
    bytes.varint(micros);
    return 'u';
  },
  decode(code, { bytes, row }) {
    if (code === '0') return null;
    const printed = printedSecond(code === '=' ? row.baseSeconds : row.baseSeconds + bytes.signed());
    return code === 'u' ? `${printed.slice(0, -1)}.${String(bytes.varint()).padStart(6, '0')}Z` : printed;
  },
};

const DAY_SECONDS = 86_400;
/** `00` to `59`. */
const TWO_DIGITS = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'));
// The times of an event are often of the same second, and those of events stored together of the same day.
let lastSecond = { seconds: Number.NaN, text: '' };
let lastDay = { day: Number.NaN, text: '' };

function printedSecond(seconds: number): string {
  if (seconds === lastSecond.seconds) return lastSecond.text;
  const day = Math.floor(seconds / DAY_SECONDS);
  if (day !== lastDay.day) {
    lastDay = { day, text: new Date(day * DAY_SECONDS * 1000).toISOString().slice(0, 11) };
  }
  const ofDay = seconds - day * DAY_SECONDS;
  const hours = TWO_DIGITS[Math.floor(ofDay / 3600)];
  const text = `${lastDay.text}${hours}:${TWO_DIGITS[Math.floor(ofDay / 60) % 60]}:${TWO_DIGITS[ofDay % 60]}Z`;
  lastSecond = { seconds, text };
  return text;
}

/** Undefined for what would not print back byte for byte. */
function parse(value: unknown): ParsedTimestamp | undefined {
  if (typeof value !== 'string' || !TIMESTAMP.test(value)) return undefined;
  const part = (start: number, end: number) => decimalValue(value, start, end);
  const day = part(8, 10);
  const instant = Date.UTC(part(0, 4), part(5, 7) - 1, day, part(11, 13), part(14, 16), part(17, 19));
  // Date.UTC moves a day that the month does not have on to the next one.
  if ((day === 0 || day > 28) && new Date(instant).getUTCDate() !== day) return undefined;
  return { text: value, seconds: instant / 1000, micros: value.length > WITHOUT_MICROS ? part(20, 26) : undefined };
}
