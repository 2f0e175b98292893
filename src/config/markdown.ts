import type { GenericSchema } from 'valibot';
import { environmentVariables, type Field, isScalar, type MappingField, type VariantField } from './field.ts';
import { fieldTree, formatPath } from './field-tree.ts';

/**
 * The reference of a configuration in Markdown: a table with one row a setting, in the order of the schema, and a section
 * for each kind of what comes in kinds.
 */
export function configMarkdown(schema: GenericSchema): string {
  const writer = new Writer(fieldTree(schema));
  return writer.document();
}

/** One kind of a variant, to be described below the table. */
interface Section {
  readonly title: string;
  readonly path: string;
  readonly kind: MappingField;
  /** The entries that only this kind has. */
  readonly entries: readonly (readonly [string, Field])[];
}

type Row = readonly string[];

const HEAD: Row = ['Setting', 'Value', 'Default', 'Environment', 'Description'];

class Writer {
  readonly #root: Field;
  readonly #variables: ReadonlyMap<string, string>;
  readonly #sections: Section[] = [];
  /** The mappings on the way down, with their paths: what lies within itself is described once. */
  readonly #open = new Map<Field, string>();

  constructor(root: Field) {
    this.#root = root;
    this.#variables = new Map(environmentVariables(root).map(({ name, path }) => [formatPath(path), name]));
  }

  document(): string {
    const parts = [table(this.#rowsBelow(this.#root, ''))];
    // A kind may hold something that comes in kinds itself.
    for (const { title, path, kind, entries } of this.#sections) {
      const rows = entries.flatMap(([key, entry]) => this.#rows(entry, below(path, key)));
      parts.push(`## ${title}\n`);
      if (kind.description !== '') parts.push(`${kind.description}\n`);
      parts.push(...kind.examples.map((example) => `\`\`\`yaml\n${example.trimEnd()}\n\`\`\`\n`));
      if (rows.length > 0) parts.push(table(rows));
    }
    return parts.join('\n');
  }

  #rows(field: Field, path: string): Row[] {
    const variable = this.#variables.get(path);
    const row = [code(path), this.#valueOf(field), defaultOf(field), variable ? code(variable) : '', field.description];
    return [row, ...this.#rowsBelow(field, path)];
  }

  #rowsBelow(field: Field, path: string): Row[] {
    if (field.type === 'list') return this.#rowsBelow(field.item, `${path}[]`);
    if (field.type === 'map') return this.#rowsBelow(field.value, below(path, '*'));
    if ((field.type !== 'mapping' && field.type !== 'variant') || this.#open.has(field)) return [];
    this.#open.set(field, path);
    const rows =
      field.type === 'variant'
        ? this.#rowsOfVariant(field, path)
        : [...field.entries].flatMap(([key, entry]) => this.#rows(entry, below(path, key)));
    this.#open.delete(field);
    return rows;
  }

  /** The kind and what every kind has; the rest is left to sections. */
  #rowsOfVariant({ key, kinds, variants, shared }: VariantField, path: string): Row[] {
    // Of a single kind everything is its own.
    const isShared = (name: string) => variants.size > 1 && shared.has(name);
    const titles = new Map([...variants.keys()].map((kind) => [kind, `${path.replaceAll('[]', '')}: ${kind}`]));
    for (const [name, kind] of variants) {
      const entries = [...kind.entries].filter(([entry]) => entry !== key && !isShared(entry));
      this.#sections.push({ title: titles.get(name) ?? name, path, kind, entries });
    }
    const links = [...titles].map(([kind, title]) => `[${code(kind)}](#${anchorOf(title)})`);
    const kindRow = [code(below(path, key)), links.join(', '), 'required', '', kinds.description];
    const common = [...shared].filter(([name]) => name !== key && isShared(name));
    return [kindRow, ...common.flatMap(([name, entry]) => this.#rows(entry, below(path, name)))];
  }

  #valueOf(field: Field): string {
    if (field.type === 'list') return `a list; each: ${this.#valueOf(field.item)}`;
    if (field.type === 'map') return `${field.wanted}; each: ${this.#valueOf(field.value)}`;
    const above = this.#open.get(field);
    if (above !== undefined) return `${field.wanted}, as ${code(above)}`;
    return field.type === 'text' && field.options ? field.options.map(code).join(', ') : field.wanted;
  }
}

function defaultOf(field: Field): string {
  if (isScalar(field) && field.default !== undefined) {
    return code(typeof field.default === 'string' ? field.default : JSON.stringify(field.default));
  }
  return field.unset ?? (field.required ? 'required' : '');
}

function table(rows: readonly Row[]): string {
  return [HEAD, HEAD.map(() => '---'), ...rows].map((cells) => `| ${cells.map(escape).join(' | ')} |\n`).join('');
}

// As GitHub makes it of a heading.
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

function below(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function escape(cell: string): string {
  return cell.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
