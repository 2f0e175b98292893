import type { GenericSchema } from 'valibot';
import { type Field, fieldTree } from './field-tree.ts';

/** The JSON Schema (2020-12) of a configuration file, for editors: of what is written, not of what is loaded. */
export function configJsonSchema(schema: GenericSchema): Readonly<Record<string, unknown>> {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', ...jsonSchema(fieldTree(schema)) };
}

function jsonSchema(field: Field): Record<string, unknown> {
  return {
    ...(field.description === '' ? {} : { description: field.description }),
    ...(field.default === undefined ? {} : { default: field.default }),
    ...typeOf(field),
  };
}

function typeOf(field: Field): Record<string, unknown> {
  if (field.type === 'list') return { type: 'array', items: jsonSchema(field.item) };
  if (field.type === 'mapping') {
    const entries = [...field.entries];
    const required = entries.filter(([, entry]) => entry.required).map(([key]) => key);
    return {
      type: 'object',
      properties: Object.fromEntries(entries.map(([key, entry]) => [key, jsonSchema(entry)])),
      ...(required.length > 0 ? { required } : {}),
      additionalProperties: false,
    };
  }
  // What is filled in by a variable cannot be checked by an editor.
  const variable = { pattern: '\\$\\{' };
  if (field.options) return { type: 'string', anyOf: [{ enum: field.options }, variable] };
  if (field.pattern !== undefined) return { type: 'string', anyOf: [{ pattern: field.pattern }, variable] };
  return { type: 'string' };
}
