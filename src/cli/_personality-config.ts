import { Document, isNode } from 'yaml';
import type { Translation } from '../compat/personality.ts';

/** The configuration as a file, with the notes where they belong. */
export function personalityConfig({ config, notes }: Translation): string {
  const document = new Document(literal(config));
  for (const { path, text } of notes) {
    const node = document.getIn(path, true);
    if (isNode(node)) node.comment = ` ${text}`;
  }
  return document.toString({ lineWidth: 0 });
}

/** What Tidings would take for a variable to be filled in is none to another tool. */
function literal(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('${', () => '$${');
  if (Array.isArray(value)) return value.map(literal);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, literal(member)]));
}
