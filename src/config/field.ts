import type { FieldInfo } from './fields.ts';

/** One setting of a schema, stripped of the library that checks it. A setting may lie within itself, below a list. */
export type Field = MappingField | ListField | MapField | VariantField | DataField | ScalarField;

/** What is one text, number or flag. */
export type ScalarField = TextField | IntegerField | FlagField;

export interface FieldBase {
  readonly description: string;
  /** As it would be written in the file; undefined when there is none. */
  readonly default: unknown;
  readonly required: boolean;
  /** Completes "want …". */
  readonly wanted: string;
  readonly unset: string | undefined;
  /** To be awaited before a value is checked. */
  readonly prepare: FieldInfo['prepare'];
}

export interface MappingField extends FieldBase {
  readonly type: 'mapping';
  readonly entries: ReadonlyMap<string, Field>;
  /** Whole files, in YAML. */
  readonly examples: readonly string[];
}

export interface ListField extends FieldBase {
  readonly type: 'list';
  readonly item: Field;
}

/** A mapping whose keys the operator chooses. */
export interface MapField extends FieldBase {
  readonly type: 'map';
  readonly value: Field;
}

/** A mapping of one of several kinds, each with settings of its own. */
export interface VariantField extends FieldBase {
  readonly type: 'variant';
  /** The key that says which kind it is. */
  readonly key: string;
  /** What may stand at that key. */
  readonly kinds: TextField;
  /** The settings of each kind, `key` among them. */
  readonly variants: ReadonlyMap<string, MappingField>;
  /** The settings that are the same in every kind. */
  readonly shared: ReadonlyMap<string, Field>;
}

export interface DataField extends FieldBase {
  readonly type: 'data';
}

export interface TextField extends FieldBase {
  readonly type: 'text';
  readonly options: readonly string[] | undefined;
  readonly pattern: string | undefined;
  readonly role: FieldInfo['role'];
}

export interface IntegerField extends FieldBase {
  readonly type: 'integer';
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
}

export interface FlagField extends FieldBase {
  readonly type: 'flag';
}

export function isScalar(field: Field): field is ScalarField {
  return field.type === 'text' || field.type === 'integer' || field.type === 'flag';
}

/** The settings right below one: entries, items, values, and those of every kind. */
function fieldsBelow(field: Field): readonly Field[] {
  switch (field.type) {
    case 'mapping':
      return [...field.entries.values()];
    case 'list':
      return [field.item];
    case 'map':
      return [field.value];
    case 'variant':
      return [...field.variants.values()];
    default:
      return [];
  }
}

/** Whether a value in this place may be a secret, also by a slip of indentation. */
export function holdsSecret(field: Field): boolean {
  const seen = new Set<Field>();
  const visit = (visited: Field): boolean => {
    if (seen.has(visited)) return false;
    seen.add(visited);
    return (visited.type === 'text' && visited.role === 'secret') || fieldsBelow(visited).some(visit);
  };
  return visit(field);
}

/** The settings that one environment variable each can set, with the variable's name: scalars below mappings alone. */
export function environmentVariables(
  root: Field,
): readonly { readonly name: string; readonly path: readonly string[] }[] {
  const visit = (field: Field, path: readonly string[]): { name: string; path: readonly string[] }[] => {
    if (isScalar(field)) return [{ name: variableName(path), path }];
    if (field.type !== 'mapping') return [];
    return [...field.entries].flatMap(([key, entry]) => visit(entry, [...path, key]));
  };
  return visit(root, []);
}

function variableName(path: readonly string[]): string {
  const words = path.map((key) => key.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase());
  return ['TIDINGS', ...words].join('_');
}
