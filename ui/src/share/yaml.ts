/** JSON as YAML, for reading: https://yaml.org/spec/1.2.2/ */

import { readableJson } from './json.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

// Words that YAML takes for something else, now or in its older versions.
const OTHER = /^(?:~|null|true|false|yes|no|on|off|y|n|[-+.]?[\d.].*|0x.*)$/i;
const PLAIN = /^[A-Za-z0-9_/$][\w ./@$()+-]*(?::[\w./@-]+)*$/;

export function yamlOf(value: unknown): string {
  return `${block(value as Json, 0).replace(/^\n/, '')}\n`;
}

function block(value: Json, depth: number): string {
  if (typeof value !== 'object' || value === null) return ` ${scalar(value)}`;
  const indent = '  '.repeat(depth);
  if (Array.isArray(value)) {
    if (value.length === 0) return ' []';
    return (value as readonly Json[]).map((item) => `\n${indent}-${inItem(block(item, depth + 1))}`).join('');
  }
  const entries = Object.entries(value as { readonly [key: string]: Json });
  if (entries.length === 0) return ' {}';
  return entries.map(([key, each]) => `\n${indent}${scalar(key)}:${block(each, depth + 1)}`).join('');
}

/** What an item holds begins beside its dash. */
function inItem(text: string): string {
  return text.replace(/^\n\s*/, ' ');
}

function scalar(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return String(value);
  return PLAIN.test(value) && !value.endsWith(' ') && !OTHER.test(value) ? value : readableJson(value);
}
