/**
 * The kit that configuration schemas are made of. A field knows its description, what a value must look like (in the
 * words of an error message) and what happens without it, and from that come checks, types, messages, the reference
 * and the editor's schema.
 */
import * as v from 'valibot';
import { AppError } from '../core/errors.ts';
import type { Filter } from '../lang/filter.ts';
import type { RegularExpression } from '../lang/regular-expression.ts';
import { lazyModule } from '../util/lazy-module.ts';
import { DURATION_PATTERN, parseDuration } from './duration.ts';

/** What a schema cannot say by itself; read back by `fieldTree`. */
export interface FieldInfo {
  /** Completes "want …". */
  readonly wanted: string;
  /** What holds when the setting is absent and the schema has no default. */
  readonly unset?: string;
  /** `path` is resolved against the file's directory; `secret` may be `file:PATH` and is never shown. */
  readonly role?: 'path' | 'secret';
  /** The regular expression an editor can check, without delimiters. */
  readonly pattern?: string;
  /** The bounds of a number, both inclusive. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** Loads what checks a value: done only where there is one. */
  readonly prepare?: () => Promise<void>;
  /** Of a strict object: whole files for the reference, in YAML. */
  readonly examples?: readonly string[];
}

// A configuration without a condition or an expression needs neither language: they are 10 MB.
const filters = lazyModule(() => import('../lang/filter.ts'));
const expressions = lazyModule(() => import('../lang/regular-expression.ts'));

interface Unset {
  readonly unset?: string;
}

/** Any text but an empty one. */
export function string(description: string, unset: Unset = {}) {
  return field(v.pipe(v.string(), v.nonEmpty()), description, { ...unset, wanted: 'a text' });
}

/** A whole number within bounds, both inclusive. */
export function integer(description: string, options: { readonly minimum: number; readonly maximum?: number } & Unset) {
  const { minimum, maximum = Number.MAX_SAFE_INTEGER, ...unset } = options;
  const wanted =
    maximum < Number.MAX_SAFE_INTEGER
      ? `a whole number from ${minimum} to ${maximum}`
      : `a whole number from ${minimum}`;
  return v.pipe(
    v.number(),
    v.integer(),
    v.minValue(minimum),
    v.maxValue(maximum),
    v.description(description),
    v.metadata({ ...unset, wanted, minimum, ...(options.maximum !== undefined && { maximum }) } satisfies FieldInfo),
  );
}

/** `true` or `false`. */
export function flag(description: string, unset: Unset = {}) {
  return v.pipe(
    v.boolean(),
    v.description(description),
    v.metadata({ ...unset, wanted: 'true or false' } satisfies FieldInfo),
  );
}

/** Names that the operator chooses, each with a value of one kind. */
export function map<const TValue extends v.GenericSchema>(value: TValue, description: string, unset: Unset = {}) {
  return v.pipe(
    v.record(v.string(), value),
    v.description(description),
    v.metadata({ ...unset, wanted: 'a mapping' } satisfies FieldInfo),
  );
}

/** Texts, numbers, flags, lists and mappings as the operator likes, to any depth. Variables are filled in texts. */
export function data(description: string, unset: Unset & Pick<FieldInfo, 'prepare'> = {}) {
  return v.pipe(
    v.unknown(),
    v.description(description),
    v.metadata({ ...unset, wanted: 'any value' } satisfies FieldInfo),
  );
}

/** A text that matches a pattern. */
export function text(description: string, options: { readonly wanted: string; readonly pattern: RegExp } & Unset) {
  const { pattern, ...info } = options;
  return field(v.pipe(v.string(), v.regex(pattern)), description, { ...info, pattern: pattern.source });
}

/** One of a closed list of words. */
export function choice<const TOptions extends readonly string[]>(
  options: TOptions,
  description: string,
  unset: Unset = {},
) {
  return field(v.picklist(options), description, { ...unset, wanted: listed(options) });
}

/** A path of the file system; a relative one starts at the directory of the file that names it. */
export function path(description: string, unset: Unset = {}) {
  return field(v.pipe(v.string(), v.nonEmpty()), description, { ...unset, wanted: 'a path', role: 'path' });
}

/** A password, token and the like: given as it is, or as `file:PATH` of a file that holds it. Never shown. */
export function secret(description: string, unset: Unset = {}) {
  return field(v.pipe(v.string(), v.nonEmpty()), description, {
    ...unset,
    wanted: 'a text or file:PATH',
    role: 'secret',
  });
}

/**
 * A text that becomes something else. `parse` answers undefined for what is not what `wanted` says, or throws an AppError
 * that says more.
 */
export function parsed<T>(
  parse: (text: string) => T | undefined,
  description: string,
  options: { readonly wanted: string; readonly pattern?: RegExp } & Unset & Pick<FieldInfo, 'prepare'>,
) {
  const { pattern, ...info } = options;
  return v.pipe(
    v.string(),
    v.rawTransform<string, T>(({ dataset, addIssue, NEVER }) => {
      const value = attempt(() => parse(dataset.value));
      if (value instanceof AppError) addIssue({ message: value.message });
      else if (value === undefined) addIssue();
      else return value;
      return NEVER;
    }),
    v.description(description),
    v.metadata({ ...info, ...(pattern && { pattern: pattern.source }) } satisfies FieldInfo),
  );
}

/** An http or https URL, as a string. */
export function url(description: string, unset: Unset = {}) {
  return parsed(parseUrl, description, {
    ...unset,
    wanted: 'a URL such as http://127.0.0.1:8001',
    pattern: /^https?:\/\//,
  });
}

/** A span of time longer than nothing, in milliseconds once loaded. */
export function duration(description: string, unset: Unset = {}) {
  return parsed(parseSpan, description, {
    ...unset,
    wanted: 'a duration such as 90d or 12h',
    pattern: DURATION_PATTERN,
  });
}

/** A size, in bytes once loaded. */
export function bytes(description: string, unset: Unset = {}) {
  return parsed(parseBytes, description, {
    ...unset,
    wanted: 'a size such as 10GiB or 500MB',
    pattern: BYTES_PATTERN,
  });
}

/** Where to listen. Without a host: on every interface. */
export interface ListenAddress {
  readonly host?: string;
  readonly port: number;
}

/** `host:port`, `[::1]:port` or `:port`. */
export function listenAddress(description: string, unset: Unset = {}) {
  return parsed(parseListenAddress, description, {
    ...unset,
    wanted: 'an address such as 127.0.0.1:7780, [::1]:7780 or :7780',
    pattern: LISTEN_PATTERN,
  });
}

/**
 * A condition over a record. What fails when it is evaluated does not match, and nobody hears of it: who counts failures
 * compiles its `source` again.
 */
export function filter(description: string, unset: Unset = {}) {
  return parsed(parseFilter, description, {
    ...unset,
    wanted: 'a filter such as event.type == "Warning"',
    prepare: filters.load,
  });
}

/** A regular expression in the syntax of RE2. */
export function regularExpression(description: string, unset: Unset = {}) {
  return parsed<RegularExpression>((source) => expressions.get().compileRegularExpression(source), description, {
    ...unset,
    wanted: 'a regular expression',
    prepare: expressions.load,
  });
}

function field<const TSchema extends v.GenericSchema<string, unknown>>(
  schema: TSchema,
  description: string,
  info: FieldInfo,
) {
  return v.pipe(schema, v.description(description), v.metadata({ ...info }));
}

function attempt<T>(action: () => T): T | AppError {
  try {
    return action();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

function parseFilter(source: string): Filter {
  return filters.get().compileFilter(source, { otherwise: false, onError: () => {} });
}

function parseUrl(text: string): string | undefined {
  return /^https?:\/\//i.test(text) && URL.canParse(text) ? text : undefined;
}

function parseSpan(text: string): number | undefined {
  return parseDuration(text) || undefined;
}

// Both what people write (GB, GiB) and what Kubernetes writes (G, Gi).
const BYTES_PATTERN = /^(\d+)(?:([KMGT])(i?)B?|B)$/;

function parseBytes(text: string): number | undefined {
  const match = BYTES_PATTERN.exec(text);
  if (!match) return undefined;
  const [, count, prefix = '', binary] = match;
  const size = Number(count) * (binary ? 1024 : 1000) ** ' KMGT'.indexOf(prefix || ' ');
  return Number.isSafeInteger(size) ? size : undefined;
}

const LISTEN_PATTERN = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]*)):(\d{1,5})$/;

function parseListenAddress(text: string): ListenAddress | undefined {
  const match = LISTEN_PATTERN.exec(text);
  const port = Number(match?.[3]);
  if (!match || port > 65_535) return undefined;
  const host = match[1] ?? match[2];
  return host ? { host, port } : { port };
}

/** `a, b or c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
