/**
 * What happens to data between its source and the schema's checks: variables are filled in, secrets read from their
 * files, paths made absolute, unknown keys reported and empty values taken for absent ones.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isObject } from '../util/is-object.ts';
import { nearestName } from '../util/nearest-name.ts';
import { type Field, isScalar, type MapField, type VariantField } from './field.ts';
import { type FieldPath, variantOf } from './field-tree.ts';

export interface SettleContext {
  /** Fills `${NAME}`; undefined leaves texts as they are. */
  readonly variables: Readonly<Record<string, string | undefined>> | undefined;
  /** Where relative paths start. */
  readonly directory: string;
  readonly report: (path: FieldPath, part: 'key' | 'value', text: string) => void;
  /** Told of each text that variables were filled into, since its value may not be shown. */
  readonly filled: (path: FieldPath, written: string) => void;
  readonly onFile: FileObserver;
  /** Told of what has to be loaded before a value is checked. */
  readonly needed: (prepare: () => Promise<void>) => void;
}

/** Told of a file that was read, with its text, or of one that cannot be. */
export type FileObserver = (path: string, text: string | undefined) => void;

/** Throws as readFileSync. */
export function readObserved(file: string, onFile: FileObserver): string {
  let text: string | undefined;
  try {
    text = readFileSync(file, 'utf8');
    return text;
  } finally {
    onFile(resolve(file), text);
  }
}

/** The data with everything settled; what was reported is missing from it. */
export function settle(data: unknown, field: Field, path: FieldPath, context: SettleContext): unknown {
  if (field.prepare) context.needed(field.prepare);
  if (typeof data === 'string') return settleText(data, field, path, context);
  if (Array.isArray(data)) return settleList(data, field, path, context);
  if (!isObject(data)) return data;
  switch (field.type) {
    case 'mapping':
      return settleMapping(data, field.entries, path, context);
    case 'variant':
      return settleVariant(data, field, path, context);
    case 'map':
      return settleMap(data, field, path, context);
    case 'data':
      return objectOf(Object.entries(data).map(([key, value]) => [key, settle(value, field, [...path, key], context)]));
    default:
      return data;
  }
}

function settleList(data: readonly unknown[], field: Field, path: FieldPath, context: SettleContext): unknown {
  if (field.type === 'list' || field.type === 'data') {
    const item = field.type === 'list' ? field.item : field;
    return data.map((value, index) => settle(value, item, [...path, index], context));
  }
  if (isScalar(field)) return data;
  // To valibot a list is an object as well.
  context.report(path, 'value', `found a list, want ${field.wanted}`);
  return undefined;
}

function settleMapping(
  data: Readonly<Record<string, unknown>>,
  entries: ReadonlyMap<string, Field>,
  path: FieldPath,
  context: SettleContext,
): Record<string, unknown> {
  const settled: [string, unknown][] = [];
  for (const [key, value] of Object.entries(data)) {
    const entry = entries.get(key);
    if (!entry) context.report([...path, key], 'key', unknownKey(key, entries));
    else if (value !== null) settled.push([key, settle(value, entry, [...path, key], context)]);
  }
  return objectOf(settled);
}

/** Of a mapping of unknown kind only what every kind has is kept: the rest cannot be judged. */
function settleVariant(
  data: Readonly<Record<string, unknown>>,
  field: VariantField,
  path: FieldPath,
  context: SettleContext,
): unknown {
  const { [field.key]: written, ...others } = data;
  const kind = settle(written ?? undefined, field.kinds, [...path, field.key], context);
  const variant = variantOf(field, { [field.key]: kind });
  if (variant) return settleMapping({ [field.key]: kind, ...others }, variant.entries, path, context);
  const known = Object.entries(others).filter(([key]) => field.shared.has(key));
  const shared = settleMapping(Object.fromEntries(known), field.shared, path, context);
  return objectOf([[field.key, kind], ...Object.entries(shared)]);
}

// The keys valibot leaves out of a record.
const RESERVED: ReadonlySet<string> = new Set(['__proto__', 'prototype', 'constructor']);

function settleMap(
  data: Readonly<Record<string, unknown>>,
  field: MapField,
  path: FieldPath,
  context: SettleContext,
): unknown {
  const settled: [string, unknown][] = [];
  for (const [key, value] of Object.entries(data)) {
    const own = [...path, key];
    if (RESERVED.has(key)) context.report(own, 'key', 'a key that is reserved, want another');
    else if (value !== null) settled.push([key, settle(value, field.value, own, context)]);
  }
  return objectOf(settled);
}

// Without a prototype no key is special.
function objectOf(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const object = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of entries) if (value !== undefined) object[key] = value;
  return object;
}

function unknownKey(key: string, entries: ReadonlyMap<string, Field>): string {
  if (key.includes(':')) return 'unknown key, want a space after the colon';
  const near = nearestName(key, entries.keys());
  return near ? `unknown key, did you mean "${near}"?` : `unknown key, want one of ${[...entries.keys()].join(', ')}`;
}

function settleText(written: string, field: Field, path: FieldPath, context: SettleContext): unknown {
  const text = context.variables ? fill(written, context.variables, path, context) : written;
  if (text === undefined) return undefined;
  // A variable holds text, and so does a flag of the command line. What the file itself says is not guessed at.
  if (!context.variables || text !== written) {
    if (field.type === 'integer' && /^-?\d+$/.test(text)) return Number(text);
    if (field.type === 'flag' && (text === 'true' || text === 'false')) return text === 'true';
  }
  if (field.type !== 'text') return text;
  if (field.role === 'path' && text !== '') return resolve(context.directory, text);
  if (field.role === 'secret' && text.startsWith('file:')) {
    return readSecret(resolve(context.directory, text.slice('file:'.length)), path, context);
  }
  return text;
}

function fill(
  written: string,
  variables: Readonly<Record<string, string | undefined>>,
  path: FieldPath,
  context: SettleContext,
): string | undefined {
  let sound = true;
  const text = written.replaceAll(
    /\$\$\{|\$\{(?:([A-Za-z_]\w*)(?::-([^}]*))?\})?/g,
    (match, name?: string, otherwise?: string) => {
      if (match === '$${') return '${';
      if (name === undefined) {
        sound = false;
        context.report(
          path,
          'value',
          'found "${" without a name, want ${NAME}, ${NAME:-default} or $${ for "${" itself',
        );
        return '';
      }
      const value = variables[name];
      if (otherwise !== undefined) return value || otherwise;
      if (value === undefined) {
        sound = false;
        context.report(path, 'value', `environment variable ${name} is not set, want a value or \${${name}:-default}`);
      }
      return value ?? '';
    },
  );
  if (text !== written) context.filled(path, written);
  return sound ? text : undefined;
}

function readSecret(file: string, path: FieldPath, context: SettleContext): string | undefined {
  try {
    // Files made by an editor or by `echo` end in a newline that is not part of the secret.
    const value = readObserved(file, context.onFile).replace(/\r?\n$/, '');
    if (value !== '') return value;
    context.report(path, 'value', `file ${file} is empty, want the secret in it`);
  } catch (error) {
    context.report(path, 'value', `file ${file} cannot be read: ${reasonOf(error)}`);
  }
  return undefined;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of the path is not a directory',
};

/** Why a file could not be read, in words. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return REASONS[code] ?? code;
}
