import * as v from 'valibot';
import type { FieldInfo } from './fields.ts';

interface FieldBase {
  readonly description: string;
  /** As it would be written in the file; undefined when there is none. */
  readonly default: unknown;
  readonly required: boolean;
  /** Completes "want …". */
  readonly wanted: string;
  readonly unset: string | undefined;
}

/** One setting of a schema, stripped of the library that checks it. */
export type Field =
  | (FieldBase & { readonly type: 'mapping'; readonly entries: ReadonlyMap<string, Field> })
  | (FieldBase & { readonly type: 'list'; readonly item: Field })
  | (FieldBase & {
      readonly type: 'text';
      readonly options: readonly string[] | undefined;
      readonly pattern: string | undefined;
      readonly role: FieldInfo['role'];
    });

export type FieldPath = readonly (string | number)[];

// The parts of valibot's schemas that matter here. A pipe has those of its first schema.
interface SchemaParts {
  readonly type: string;
  readonly entries?: Readonly<Record<string, v.GenericSchema>>;
  readonly item?: v.GenericSchema;
  readonly wrapped?: v.GenericSchema;
  readonly options?: readonly string[];
  readonly default?: unknown;
}

/** The settings of a schema made of the kit in `fields.ts`, strict objects, arrays and optionals. */
export function fieldTree(schema: v.GenericSchema): Field {
  const parts: SchemaParts = schema;
  if (parts.wrapped) return { ...fieldTree(parts.wrapped), default: parts.default, required: false };
  const info: Partial<FieldInfo> = v.getMetadata(schema);
  const base = {
    description: v.getDescription(schema) ?? '',
    default: undefined,
    required: true,
    unset: info.unset,
  };
  if (parts.type === 'strict_object' && parts.entries) {
    const entries = Object.entries(parts.entries).map(([key, entry]) => [key, fieldTree(entry)] as const);
    return { ...base, type: 'mapping', wanted: 'a mapping', entries: new Map(entries) };
  }
  if (parts.type === 'array' && parts.item) {
    return { ...base, type: 'list', wanted: 'a list', item: fieldTree(parts.item) };
  }
  if (info.wanted === undefined) throw new TypeError(`schema ${parts.type} is not one of the field kit`);
  return {
    ...base,
    type: 'text',
    wanted: info.wanted,
    options: parts.options,
    pattern: info.pattern,
    role: info.role,
  };
}

/** The setting at a path; undefined where the schema has none. */
export function fieldAt(root: Field, path: FieldPath): Field | undefined {
  let field: Field | undefined = root;
  for (const key of path) {
    if (field?.type === 'mapping') field = field.entries.get(String(key));
    else if (field?.type === 'list' && typeof key === 'number') field = field.item;
    else return undefined;
  }
  return field;
}

/** Whether a value in this place may be a secret, also by a slip of indentation. */
export function holdsSecret(field: Field): boolean {
  if (field.type === 'text') return field.role === 'secret';
  if (field.type === 'list') return holdsSecret(field.item);
  return [...field.entries.values()].some(holdsSecret);
}

/** `clusters[0].name`, for people. */
export function formatPath(path: FieldPath): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? shownKey(key) : `${text}.${shownKey(key)}`;
  }, '');
}

// `password:secret`, written without the space, is a key: what does not look like one is not shown.
function shownKey(key: string): string {
  const start = /^[\w.-]{0,60}/.exec(key)?.[0] ?? '';
  return start === key ? key : `${start}…`;
}

/** The settings that one environment variable each can set: texts outside of lists, with the variable's name. */
export function environmentVariables(
  root: Field,
): readonly { readonly name: string; readonly path: readonly string[] }[] {
  const visit = (field: Field, path: readonly string[]): { name: string; path: readonly string[] }[] => {
    if (field.type === 'text') return [{ name: variableName(path), path }];
    if (field.type === 'list') return [];
    return [...field.entries].flatMap(([key, entry]) => visit(entry, [...path, key]));
  };
  return visit(root, []);
}

function variableName(path: readonly string[]): string {
  const words = path.map((key) => key.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase());
  return ['TIDINGS', ...words].join('_');
}
