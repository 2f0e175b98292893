import type { GenericSchema } from 'valibot';
import { environmentVariables, type Field, fieldTree, formatPath } from './field-tree.ts';

/** The reference of a configuration as a Markdown table, one row a setting, in the order of the schema. */
export function configMarkdown(schema: GenericSchema): string {
  const root = fieldTree(schema);
  const variables = new Map(environmentVariables(root).map(({ name, path }) => [formatPath(path), name]));
  const rows = settings(root, '').map(({ path, field }) => {
    const variable = variables.get(path);
    return [code(path), valueOf(field), defaultOf(field), variable ? code(variable) : '', field.description];
  });
  const head = ['Setting', 'Value', 'Default', 'Environment', 'Description'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(escape).join(' | ')} |\n`).join('');
}

function settings(field: Field, path: string): { path: string; field: Field }[] {
  const self = path === '' ? [] : [{ path, field }];
  if (field.type === 'list') {
    return field.item.type === 'mapping' ? [...self, ...settings(field.item, `${path}[]`).slice(1)] : self;
  }
  if (field.type === 'text') return self;
  const below = [...field.entries].flatMap(([key, entry]) => settings(entry, path === '' ? key : `${path}.${key}`));
  return [...self, ...below];
}

function valueOf(field: Field): string {
  if (field.type === 'list') return `a list; each: ${valueOf(field.item)}`;
  return field.type === 'text' && field.options ? field.options.map(code).join(', ') : field.wanted;
}

function defaultOf(field: Field): string {
  if (field.type === 'text' && typeof field.default === 'string') return code(field.default);
  return field.unset ?? (field.required ? 'required' : '');
}

function code(text: string): string {
  return `\`${text}\``;
}

function escape(cell: string): string {
  return cell.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
