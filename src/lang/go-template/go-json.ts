/**
 * Go values as JSON text and back, as `encoding/json` writes and reads them: keys of maps sorted, fields of structs in
 * their order and under the names of their tags, `<`, `>` and `&` escaped. https://pkg.go.dev/encoding/json
 */
import { formatFloat } from './float-format.ts';
import { compareStrings, fromBytes } from './go-string.ts';
import { GoTime } from './go-time.ts';
import { type GoField, type GoMember, type GoType, isExported } from './go-type.ts';
import { callMember } from './printer.ts';
import { truth } from './truth.ts';
import {
  type Basic,
  basicOf,
  bytesOf,
  follow,
  fromJson,
  GoError,
  GoMap,
  GoPointer,
  GoScalar,
  GoSlice,
  GoStruct,
  type GoValue,
  typeOf,
} from './value.ts';

export class GoJsonError extends GoError {}

interface MarshalOptions {
  readonly escapeHtml?: boolean;
}

/** `json.Marshal`. Throws a GoJsonError for what JSON cannot hold: functions, complex numbers, NaN. */
export function marshal(value: GoValue, { escapeHtml = true }: MarshalOptions = {}): string {
  return new Encoder(escapeHtml).encode(value);
}

/** `json.MarshalIndent`, without a prefix. */
export function marshalIndent(value: GoValue, indent: string): string {
  return indented(marshal(value), indent);
}

/** `json.Unmarshal` into an `interface {}`. Throws a GoJsonError. */
export function unmarshal(text: string): GoValue {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.toWellFormed());
  } catch (error) {
    throw new GoJsonError(text.trim() === '' ? 'unexpected end of JSON input' : messageOf(error));
  }
  refuseOverflow(parsed);
  return fromJson(parsed);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A number that no float64 can hold is an error in Go, and Infinity in JavaScript. */
function refuseOverflow(parsed: unknown): void {
  if (parsed === Number.POSITIVE_INFINITY || parsed === Number.NEGATIVE_INFINITY) {
    throw new GoJsonError('json: cannot unmarshal number into Go value of type float64');
  }
  if (typeof parsed === 'object' && parsed !== null) for (const part of Object.values(parsed)) refuseOverflow(part);
}

const RFC3339_NANO = '2006-01-02T15:04:05.999999999Z07:00';

/** How deep values may lie in each other. */
const MAX_DEPTH = 1000;

class Encoder {
  readonly #escapeHtml: boolean;
  #depth = 0;

  constructor(escapeHtml: boolean) {
    this.#escapeHtml = escapeHtml;
  }

  encode(value: GoValue): string {
    if (++this.#depth > MAX_DEPTH) throw new GoJsonError('json: unsupported value: encountered a cycle');
    const text = this.#byMethod(value) ?? this.#byKind(value);
    this.#depth--;
    return text;
  }

  /** By `MarshalJSON`, or as the text of `MarshalText`. */
  #byMethod(value: GoValue): string | undefined {
    if (value === null || typeof value !== 'object') return undefined;
    if (value instanceof GoPointer && value.target === undefined) return undefined;
    const { type } = value;
    const json = type.method('MarshalJSON', true);
    // What a method wrote is escaped like everything else.
    if (json !== undefined) return this.#escaped(this.#called(value, json));
    const text = type.method('MarshalText', true);
    return text === undefined ? undefined : this.#string(this.#called(value, text));
  }

  /** The bytes a method returns. */
  #called(value: GoValue, member: GoMember): string {
    const result = callMember(value, member, []);
    return result instanceof GoSlice ? fromBytes(bytesOf(result)) : '';
  }

  #byKind(value: GoValue): string {
    if (value === null) return 'null';
    if (value instanceof GoPointer) return value.target === undefined ? 'null' : this.encode(value.target);
    if (value instanceof GoScalar) return this.#basic(value.value, value.type);
    if (value instanceof GoSlice) return this.#slice(value);
    if (value instanceof GoMap) return this.#map(value);
    if (value instanceof GoTime) return `"${value.format(RFC3339_NANO)}"`;
    if (value instanceof GoStruct) return this.#struct(value);
    if (typeof value === 'object') {
      if (value instanceof GoError) return '{}';
      throw new GoJsonError(`json: unsupported type: ${value.type.text}`);
    }
    return this.#basic(value, typeOf(value));
  }

  #basic(value: Basic, type: GoType): string {
    switch (typeof value) {
      case 'string':
        return this.#string(value);
      case 'number':
        return float(value, type.kind === 'float32' ? 32 : 64);
      case 'object':
        throw new GoJsonError(`json: unsupported type: ${type.text}`);
      default:
        return String(value);
    }
  }

  /** A byte that is not UTF-8 is written as the escape of U+FFFD. */
  #string(text: string): string {
    // Of a text without such bytes, JavaScript makes the same.
    if (text.isWellFormed()) return this.#escaped(JSON.stringify(text));
    const quoted = Array.from(text, (character) =>
      /^[\ud800-\udfff]$/.test(character) ? '\\ufffd' : JSON.stringify(character).slice(1, -1),
    ).join('');
    return `"${this.#escaped(quoted)}"`;
  }

  #escaped(json: string): string {
    const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
    return json.replace(this.#escapeHtml ? /[<>&\u2028\u2029]/g : /[\u2028\u2029]/g, escape);
  }

  #slice(slice: GoSlice): string {
    if (slice.items === undefined) return 'null';
    if (slice.type.elem?.kind === 'uint8') return `"${Buffer.from(bytesOf(slice)).toString('base64')}"`;
    return `[${slice.items.map((item) => this.encode(item)).join(',')}]`;
  }

  #map(map: GoMap): string {
    const { kind } = map.keyType;
    if (kind !== 'string' && !/^u?int/.test(kind)) throw new GoJsonError(`json: unsupported type: ${map.type.text}`);
    if (map.isNil) return 'null';
    const members = [...map]
      .map(([key, value]) => [keyText(key), value] as const)
      .sort(([left], [right]) => compareStrings(left, right))
      .map(([key, value]) => `${this.#string(key)}:${this.encode(value)}`);
    return `{${members.join(',')}}`;
  }

  #struct(struct: GoStruct): string {
    const members: string[] = [];
    for (const { name, path, field, options } of jsonFieldsOf(struct.type)) {
      const value = follow(struct, path);
      if (value !== undefined && !isOmitted(value, field, options)) {
        members.push(`${this.#string(name)}:${this.encode(value)}`);
      }
    }
    return `{${members.join(',')}}`;
  }
}

/** The text of a key that is a string or an integer. */
function keyText(key: GoValue): string {
  const basic = basicOf(key);
  return typeof basic === 'object' ? '' : String(basic);
}

interface JsonField {
  readonly name: string;
  readonly path: readonly number[];
  readonly field: GoField;
  readonly options: readonly string[];
}

const jsonFields = new WeakMap<GoType, readonly JsonField[]>();

/** The members of a struct type: of two fields of one name the one that is embedded less deeply. */
function jsonFieldsOf(type: GoType): readonly JsonField[] {
  let fields = jsonFields.get(type);
  if (fields === undefined) {
    const all = fieldsBelow(type, []);
    const depths = new Map<string, number>();
    for (const { name, path } of all) depths.set(name, Math.min(depths.get(name) ?? path.length, path.length));
    fields = all.filter(({ name, path }) => depths.get(name) === path.length);
    jsonFields.set(type, fields);
  }
  return fields;
}

/** The fields of an embedded struct that its tag gives no name are fields of the outer one. */
function fieldsBelow(type: GoType, path: readonly number[]): JsonField[] {
  return type.fields.flatMap((field, index): JsonField[] => {
    const [tagged = '', ...options] = (field.json ?? '').split(',');
    if (!isExported(field.name) || field.json === '-') return [];
    const inner = [...path, index];
    const struct = field.type.kind === 'ptr' ? field.type.elem : field.type;
    const isInlined = field.embedded === true && tagged === '' && struct?.kind === 'struct';
    if (isInlined) return fieldsBelow(struct, inner);
    return [{ name: tagged === '' ? field.name : tagged, path: inner, field, options }];
  });
}

function isOmitted(value: GoValue, field: GoField, options: readonly string[]): boolean {
  // Structs are never empty; they are left out by `omitzero`, when they say themselves that they are zero.
  if (field.type.kind !== 'struct') return options.includes('omitempty') && !truth(value);
  if (!options.includes('omitzero')) return false;
  const isZero = field.type.method('IsZero', true);
  return isZero !== undefined && callMember(value, isZero, []) === true;
}

/** As JavaScript writes numbers, but for float32, whose digits are fewer. */
function float(value: number, bits: 32 | 64): string {
  if (!Number.isFinite(value)) {
    throw new GoJsonError(`json: unsupported value: ${Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'}`);
  }
  const size = Math.abs(value);
  const exponential = size !== 0 && (size < 1e-6 || size >= 1e21);
  return formatFloat(value, exponential ? 'e' : 'f', undefined, bits).replace(/e-0(?=\d$)/, 'e-');
}

/** `json.Indent` of what is already compact. */
function indented(json: string, indent: string): string {
  let output = '';
  let depth = 0;
  const breakLine = (): string => `\n${indent.repeat(depth)}`;
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|\[\]|\{\}|[[\]{},:]|[^"[\]{},:]+/g)) {
    if (token === '{' || token === '[') {
      depth++;
      output += token + breakLine();
    } else if (token === '}' || token === ']') {
      depth--;
      output += breakLine() + token;
    } else if (token === ',') output += token + breakLine();
    else output += token === ':' ? ': ' : token;
  }
  return output;
}
