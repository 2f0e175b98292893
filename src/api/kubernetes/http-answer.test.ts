import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { itemsPrinter } from './http-answer.ts';
import { JSON_TYPE, YAML_TYPE } from './media-type.ts';

const ITEMS = [{ a: 1 }, { b: ['é😀', {}] }, { c: { d: null } }, { e: 'A\u0085' }];
/** With none at first, and none between others. */
const BATCHES = [[], ITEMS.slice(0, 2), [], ITEMS.slice(2, 3), ITEMS.slice(3)];

function printedInBatches(options: Parameters<typeof itemsPrinter>[0]): string {
  const print = itemsPrinter(options, (text) => Buffer.from(text));
  return Buffer.concat(BATCHES.map(print)).toString();
}

describe('itemsPrinter', () => {
  test('prints batches as JSON.stringify prints the whole list', () => {
    expect(printedInBatches({ pretty: false, mediaType: JSON_TYPE })).toBe(JSON.stringify(ITEMS).slice(1, -1));
  });

  test('prints batches for people as JSON.stringify indents the whole list', () => {
    const list = `{\n  "items": [${printedInBatches({ pretty: true, mediaType: JSON_TYPE })}\n  ]\n}`;
    expect(list).toBe(JSON.stringify({ items: ITEMS }, undefined, 2));
  });

  test('prints batches that are one list in YAML', () => {
    const text = printedInBatches({ pretty: false, mediaType: YAML_TYPE });
    expect(parse(`[${text}\n]`)).toEqual(ITEMS);
    expect(text).toContain('"A\\u0085"');
  });
});
