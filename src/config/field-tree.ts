import * as v from 'valibot';
import type { Field, FieldBase, MappingField, TextField, VariantField } from './field.ts';
import { type FieldInfo, listed } from './fields.ts';

// The parts of valibot's schemas that matter here. A pipe has those of its first schema.
interface SchemaParts {
  readonly type: string;
  readonly entries?: Readonly<Record<string, v.GenericSchema>>;
  readonly item?: v.GenericSchema;
  readonly value?: v.GenericSchema;
  readonly wrapped?: v.GenericSchema;
  readonly getter?: (input: unknown) => v.GenericSchema;
  readonly key?: string;
  readonly literal?: unknown;
  /** Words; of a variant, schemas. */
  readonly options?: readonly unknown[];
  readonly default?: unknown;
}

/**
 * The settings of a schema made of the kit in `fields.ts` and of valibot's strict objects, arrays, optionals, variants
 * (strict objects told apart by a literal) and `lazy`, for a strict object that holds a list of its like.
 */
export function fieldTree(schema: v.GenericSchema): Field {
  return new TreeBuilder().field(schema);
}

class TreeBuilder {
  /** One field a schema: what lies within itself is found again. */
  readonly #fields = new Map<v.GenericSchema, Field>();

  field(schema: v.GenericSchema): Field {
    const parts: SchemaParts = schema;
    if (parts.getter) return this.field(parts.getter(undefined));
    const known = this.#fields.get(schema);
    if (known) return known;
    const field = parts.wrapped
      ? { ...this.field(parts.wrapped), default: parts.default, required: false }
      : this.#build(schema, parts);
    this.#fields.set(schema, field);
    return field;
  }

  #build(schema: v.GenericSchema, parts: SchemaParts): Field {
    const info: Partial<FieldInfo> = v.getMetadata(schema);
    const base = {
      description: v.getDescription(schema) ?? '',
      default: undefined,
      required: true,
      wanted: info.wanted ?? 'a mapping',
      unset: info.unset,
      prepare: info.prepare,
    };
    if (parts.type === 'strict_object' && parts.entries)
      return this.#mapping(schema, parts.entries, { ...base, examples: info.examples ?? [] });
    if (parts.type === 'array' && parts.item) {
      return { ...base, type: 'list', wanted: 'a list', item: this.field(parts.item) };
    }
    if (parts.type === 'record' && parts.value) return { ...base, type: 'map', value: this.field(parts.value) };
    if (parts.type === 'variant') return this.#variant(parts, base);
    if (parts.type === 'literal') return oneOf([String(parts.literal)], base);
    if (info.wanted === undefined) throw new TypeError(`schema ${parts.type} is not one of the field kit`);
    return leaf(parts, base, info);
  }

  #mapping(
    schema: v.GenericSchema,
    entries: NonNullable<SchemaParts['entries']>,
    base: Omit<MappingField, 'type' | 'entries'>,
  ): MappingField {
    const fields = new Map<string, Field>();
    const field: MappingField = {
      ...base,
      type: 'mapping',
      entries: fields,
    };
    // Before its entries, one of which may be a list of its like.
    this.#fields.set(schema, field);
    for (const [key, entry] of Object.entries(entries)) fields.set(key, this.field(entry));
    return field;
  }

  #variant({ key = '', options = [] }: SchemaParts, base: FieldBase): VariantField {
    const variants = new Map<string, MappingField>();
    let description = '';
    for (const option of options as readonly v.GenericSchema[]) {
      const field = this.field(option);
      const kind = field.type === 'mapping' ? field.entries.get(key) : undefined;
      const name = kind?.type === 'text' ? kind.options?.[0] : undefined;
      if (field.type !== 'mapping' || !kind || name === undefined || variants.has(name)) {
        throw new TypeError(`variants are strict objects, each with a literal of its own at ${key}`);
      }
      variants.set(name, field);
      ({ description } = kind);
    }
    const kinds = oneOf([...variants.keys()], { ...base, description, unset: undefined });
    return { ...base, type: 'variant', key, kinds, variants, shared: sharedBy([...variants.values()]) };
  }
}

function sharedBy([first, ...others]: readonly MappingField[]): ReadonlyMap<string, Field> {
  const entries = [...(first?.entries ?? [])];
  return new Map(entries.filter(([key, entry]) => others.every((other) => other.entries.get(key) === entry)));
}

function leaf(parts: SchemaParts, base: FieldBase, info: Partial<FieldInfo>): Field {
  if (parts.type === 'unknown') return { ...base, type: 'data' };
  if (parts.type === 'boolean') return { ...base, type: 'flag' };
  if (parts.type === 'number') return { ...base, type: 'integer', minimum: info.minimum, maximum: info.maximum };
  const options = parts.options as readonly string[] | undefined;
  return { ...base, type: 'text', options, pattern: info.pattern, role: info.role };
}

function oneOf(options: readonly string[], base: FieldBase): TextField {
  return { ...base, type: 'text', wanted: listed(options), options, pattern: undefined, role: undefined };
}

export type FieldPath = readonly (string | number)[];

/** The setting at a path, in data that says of which kind a variant is; undefined where the schema has none. */
export function fieldAt(root: Field, path: FieldPath, data: unknown): Field | undefined {
  let field: Field | undefined = root;
  let value = data;
  for (const key of path) {
    if (!field) return undefined;
    field = fieldBelow(field, key, value);
    value = below(value, key);
  }
  return field;
}

function fieldBelow(field: Field, key: string | number, data: unknown): Field | undefined {
  switch (field.type) {
    case 'mapping':
      return field.entries.get(String(key));
    case 'list':
      return typeof key === 'number' ? field.item : undefined;
    case 'map':
      return field.value;
    case 'variant':
      if (key === field.key) return field.kinds;
      return variantOf(field, data)?.entries.get(String(key));
    case 'data':
      return field;
    default:
      return undefined;
  }
}

/** The settings of the kind that data says it is; undefined where it says none. */
export function variantOf(field: VariantField, data: unknown): MappingField | undefined {
  const kind = below(data, field.key);
  return typeof kind === 'string' ? field.variants.get(kind) : undefined;
}

/** What data holds at a path; undefined where it ends before. */
export function valueAt(data: unknown, path: FieldPath): unknown {
  return path.reduce<unknown>((value, key) => below(value, key), data);
}

function below(data: unknown, key: string | number): unknown {
  return typeof data === 'object' && data !== null ? (data as Readonly<Record<string, unknown>>)[key] : undefined;
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
  const start = /^[\w./-]{0,60}/.exec(key)?.[0] ?? '';
  return start === key ? key : `${start}…`;
}
