import type { GenericSchema } from 'valibot';
import type { Field, IntegerField, MappingField, TextField, VariantField } from './field.ts';
import { fieldTree } from './field-tree.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

/** The JSON Schema (2020-12) of a configuration file, for editors: of what is written, not of what is loaded. */
export function configJsonSchema(schema: GenericSchema): JsonSchema {
  const writer = new Writer();
  const root = writer.schemaOf(fieldTree(schema), []);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...root,
    ...(writer.definitions.size > 0 && { $defs: Object.fromEntries(writer.definitions) }),
  };
}

// What is filled in by a variable cannot be checked by an editor.
const VARIABLE = { pattern: '\\$\\{' };

class Writer {
  /** What lies within itself, by the path where it was met first. */
  readonly definitions = new Map<string, JsonSchema>();
  /** The mappings on the way down, with the name each would have as a definition. */
  readonly #open = new Map<Field, string>();

  schemaOf(field: Field, path: readonly string[]): JsonSchema {
    return {
      ...(field.description === '' ? {} : { description: field.description }),
      ...(field.default === undefined ? {} : { default: field.default }),
      ...this.#typeOf(field, path),
    };
  }

  #typeOf(field: Field, path: readonly string[]): JsonSchema {
    switch (field.type) {
      case 'list':
        return { type: 'array', items: this.schemaOf(field.item, path) };
      case 'map':
        return { type: 'object', additionalProperties: this.schemaOf(field.value, path) };
      case 'mapping':
      case 'variant':
        return this.#objectOf(field, path);
      case 'integer':
        return orVariable(integerOf(field));
      case 'flag':
        return orVariable({ type: 'boolean' });
      case 'text':
        return textOf(field);
      case 'data':
        return {};
      default:
        return field satisfies never;
    }
  }

  #objectOf(field: MappingField | VariantField, path: readonly string[]): JsonSchema {
    const above = this.#open.get(field);
    if (above !== undefined) {
      this.definitions.set(above, {});
      return { $ref: `#/$defs/${above}` };
    }
    const name = path.join('.');
    this.#open.set(field, name);
    const schema = field.type === 'mapping' ? this.#mappingOf(field, path) : this.#variantOf(field, path);
    this.#open.delete(field);
    if (!this.definitions.has(name)) return schema;
    this.definitions.set(name, schema);
    return { $ref: `#/$defs/${name}` };
  }

  #mappingOf({ entries }: MappingField, path: readonly string[]): JsonSchema {
    const required = [...entries].filter(([, entry]) => entry.required).map(([key]) => key);
    const properties = [...entries].map(([key, entry]) => [key, this.schemaOf(entry, [...path, key])] as const);
    return {
      type: 'object',
      properties: Object.fromEntries(properties),
      ...(required.length > 0 ? { required } : {}),
      additionalProperties: false,
    };
  }

  // Not `oneOf`: with a choice by the kind, an editor judges and completes by that kind alone.
  #variantOf({ key, kinds, variants }: VariantField, path: readonly string[]): JsonSchema {
    return {
      type: 'object',
      properties: { [key]: this.schemaOf(kinds, [...path, key]) },
      required: [key],
      allOf: [...variants].map(([kind, variant]) => {
        const { properties, ...rest } = this.#mappingOf(variant, [...path, kind]);
        // An editor shows the description where it shows the kind.
        const own = { ...(properties as JsonSchema), [key]: { const: kind, description: variant.description } };
        return {
          if: { properties: { [key]: { const: kind } }, required: [key] },
          // oxlint-disable-next-line unicorn/no-thenable -- the keyword of JSON Schema
          then: { ...rest, properties: own },
        };
      }),
    };
  }
}

function orVariable(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: 'string', ...VARIABLE }] };
}

function integerOf({ minimum, maximum }: IntegerField): JsonSchema {
  return {
    type: 'integer',
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
  };
}

function textOf({ options, pattern }: TextField): JsonSchema {
  if (options) return { type: 'string', anyOf: [{ enum: options }, VARIABLE] };
  if (pattern !== undefined) return { type: 'string', anyOf: [{ pattern }, VARIABLE] };
  return { type: 'string' };
}
