import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ListItemSplitter, type ListMetadata } from './list-item-splitter.ts';

function read(text: string, size: number, limit?: number): { items: unknown[]; metadata: ListMetadata } {
  const bytes = Buffer.from(text);
  const splitter = new ListItemSplitter(limit);
  const items: unknown[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    for (const piece of splitter.push(bytes.subarray(at, at + size))) {
      items.push(Buffer.isBuffer(piece) ? JSON.parse(piece.toString()) : piece);
    }
  }
  return { items, metadata: splitter.end('events') };
}

const text = fc.string({ unit: 'binary' }).map((value) => value.toWellFormed());
const awkward = fc.oneof(text, fc.constantFrom('"', '\\', '\\"', '[]{},:', '"items":[', 'é\u{1F600}'));
// V8's JSON.parse takes the key `"` for the key `\` where it expects that one from objects before: no key here ends so.
const parsesAlike = (found: unknown): boolean => !JSON.stringify(found).includes('\\\\":');
const value = fc
  .oneof(fc.jsonValue(), awkward, fc.dictionary(awkward, awkward), fc.constantFrom([], {}, [[]], { items: [1] }))
  .filter(parsesAlike);
const object = fc.dictionary(fc.oneof(awkward, fc.constantFrom('items', 'metadata')), value).filter(parsesAlike);

describe('ListItemSplitter', () => {
  test('gives items and metadata whatever the order of the keys, the white space and the chunks', () => {
    const version = fc.nat().map(String);
    const metadata = fc.record(
      { resourceVersion: version, continue: text, extra: object },
      { requiredKeys: ['resourceVersion'] },
    );
    const others = fc
      .dictionary(
        awkward.filter((key) => key !== 'items' && key !== 'metadata'),
        value,
      )
      .filter(parsesAlike);
    fc.assert(
      fc.property(
        fc.array(fc.oneof(object, value), { maxLength: 12, size: 'max' }),
        metadata,
        others,
        fc.boolean(),
        fc.constantFrom(0, 1, '\t'),
        fc.integer({ min: 1, max: 60 }),
        (items, meta, rest, itemsFirst, space, size) => {
          const list = itemsFirst ? { items, ...rest, metadata: meta } : { metadata: meta, ...rest, items };
          const found = read(JSON.stringify(list, undefined, space), size);
          // What JSON makes of values like -0.
          expect(found.items).toEqual(JSON.parse(JSON.stringify(items)));
          expect(found.metadata.resourceVersion).toBe(meta.resourceVersion);
          expect(found.metadata.continue).toBe(meta.continue || undefined);
        },
      ),
    );
  });

  test('skips an item above the limit and reports its size', () => {
    const items = [{ a: 1 }, { message: 'x'.repeat(100) }, { b: 2 }];
    const { items: found } = read(JSON.stringify({ metadata: { resourceVersion: '7' }, items }), 16, 64);
    expect(found).toEqual([{ a: 1 }, expect.objectContaining({ size: JSON.stringify(items[1]).length }), { b: 2 }]);
  });

  test('takes a list without items', () => {
    expect(read('{"metadata":{"resourceVersion":"7"},"items":null}', 8)).toEqual({
      items: [],
      metadata: { resourceVersion: '7' },
    });
    expect(read('{"metadata":{"resourceVersion":"7"},"items":[ ]}', 8).items).toEqual([]);
  });

  test.each([
    ['', 'breaks off'],
    ['{"metadata":{"resourceVersion":"7"},"items":[{"a":1}', 'breaks off'],
    ['{"metadata":{"resourceVersion":"seven"},"items":[]}', 'without a numeric metadata.resourceVersion'],
    ['{"items":[]}', 'without a numeric metadata.resourceVersion'],
    ['<html>', 'breaks off'],
    ['}{]', 'without a numeric metadata.resourceVersion'],
  ])('refuses %s', (body, problem) => {
    expect(() => read(body, 5)).toThrow(problem);
  });

  test('throws nothing but API_REQUEST_FAILED, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', 'a', ' '), { maxLength: 60, size: 'max' }),
        fc.integer({ min: 1, max: 9 }),
        (characters, size) => {
          const splitter = new ListItemSplitter();
          const bytes = Buffer.from(characters.join(''));
          for (let at = 0; at < bytes.length; at += size) splitter.push(bytes.subarray(at, at + size));
          expect(() => splitter.end('events')).toThrow(expect.objectContaining({ code: 'API_REQUEST_FAILED' }));
        },
      ),
    );
  });
});
