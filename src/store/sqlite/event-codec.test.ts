import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostileEvents, mistypedEvents, revision, START } from '../../../test/contract/event-arbitrary.ts';
import type { Event } from '../../core/event.ts';
import { type EventRecord, eventRecord } from '../../core/record.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import { decodeEvent, EventEncoder, parseShape } from './event-codec.ts';
import { partsOf, readMessage, splitMessage, writeVariables } from './message-template.ts';
import { rowContext } from './row-context.ts';

/** Remembers what it is given, at once or never. */
class Dictionary {
  readonly #values: string[] = [];
  readonly #accepts: boolean;

  constructor(accepts: boolean) {
    this.#accepts = accepts;
  }

  stringId = (value: string): number | undefined => (this.#accepts ? this.#values.push(value) - 1 : undefined);
  templateId = this.stringId;
  string = (id: number): string => this.#values[id] ?? '';
  template = (id: number): readonly string[] => partsOf(this.string(id));
}

const encoder = new EventEncoder();

function thereAndBack(
  record: EventRecord,
  dictionary: Dictionary,
): { event: Event; receivedAt: number; bytes: number } {
  const context = rowContext(record);
  const { shape, template, body } = encoder.encode(record, context, dictionary);
  const parsed = parseShape(shape);
  expect([parsed.origin, parsed.news, parsed.scope]).toEqual([record.origin, record.news, record.scope]);
  const row = { shape: parsed, template, body: Buffer.from(body), time: record.time, context };
  return { ...decodeEvent(row, dictionary), bytes: body.length };
}

describe('decodeEvent', () => {
  test.each([
    ['with', true],
    ['without', false],
  ])('gives back any event exactly, %s dictionaries', (_, accepts) => {
    const scope = fc.constantFrom('*', 'shop', 'default/nodes', '\u001F', '');
    fc.assert(
      fc.property(fc.oneof(hostileEvents, mistypedEvents), scope, fc.maxSafeNat(), (body, inScope, receivedAt) => {
        const record = eventRecord(body, {
          cluster: 'c',
          epoch: 1,
          scope: inScope,
          receivedAt,
          origin: 'import',
          news: true,
        });
        const decoded = thereAndBack(record, new Dictionary(accepts));
        assert.deepStrictEqual(decoded.event, body);
        expect(decoded.receivedAt).toBe(receivedAt);
      }),
      { numRuns: 1_500 },
    );
  });

  test('prints fields in the order of the API server', () => {
    const {
      reportingComponent = '',
      reportingInstance = '',
      ...first
    } = revision({
      event: 1,
      object: 1,
      resourceVersion: 9,
      second: 3,
      count: 2,
    }).body;
    const body: Event = {
      ...first,
      series: { count: 3, lastObservedTime: null },
      action: 'a',
      related: { kind: 'Node' },
      reportingComponent,
      reportingInstance,
    };
    const envelope = { cluster: 'c', epoch: 1, scope: '*', receivedAt: START, origin: 'watch', news: true } as const;
    const ordered = eventRecord(body, envelope);
    const printed = JSON.stringify(thereAndBack(ordered, new Dictionary(true)).event);
    expect(printed).toBe(JSON.stringify(ordered.body));
  });

  test('takes few bytes for an ordinary event', () => {
    const record = revision({ event: 1, object: 1, resourceVersion: 90_000, second: 3, count: 2 });
    expect(JSON.stringify(record.body).length).toBeGreaterThan(600);
    expect(thereAndBack(record, new Dictionary(true)).bytes).toBeLessThan(50);
  });

  test('names a body that ends early as damage', () => {
    const record = revision({ event: 1, object: 1, resourceVersion: 9, second: 3, count: 2 });
    const context = rowContext(record);
    const { shape, template, body } = encoder.encode(record, context, new Dictionary(false));
    const row = {
      shape: parseShape(shape),
      template,
      body: Buffer.from(body.subarray(0, 20)),
      time: record.time,
      context,
    };
    expect(() => decodeEvent(row, new Dictionary(false))).toThrow(expect.objectContaining({ code: 'STORE_DAMAGED' }));
  });
});

describe('ByteWriter', () => {
  test('writes any safe integer and any well-formed text so that ByteReader reads it again', () => {
    const values = fc.array(fc.tuple(fc.maxSafeInteger(), fc.maxSafeNat(), fc.string({ unit: 'binary' })));
    fc.assert(
      fc.property(values, (written) => {
        const writer = new ByteWriter();
        for (const [signed, natural, text] of written) {
          writer.signed(signed);
          writer.varint(natural);
          writer.text(text);
        }
        const reader = new ByteReader(Buffer.from(writer.written()));
        expect(written.map(() => [reader.signed(), reader.varint(), reader.text()])).toEqual(
          written.map(([signed, natural, text]) => [signed + 0, natural, text]),
        );
        expect(reader.remaining).toBe(0);
      }),
    );
  });
});

describe('splitMessage', () => {
  test.each([
    ['Created pod: web-7d4b9c6f5-x2x9z', 'web-7d4b9c6f5', 'Created pod: NAMETEXT'],
    ['Scaled up replica set web-7d4b9c6f5c from 0 to 3', 'web', 'Scaled up replica set NAMETEXT from NUMBER to NUMBER'],
    [
      'Successfully assigned shop/web-7d4b9c6f5-x2x9z to node-12',
      'web-7d4b9c6f5-x2x9z',
      'Successfully assigned shop/NAME to node-NUMBER',
    ],
    ['pod web_shop(4b7e1f9a-0c3d-4e5f-8a9b-0c1d2e3f4a5b)', 'web', 'pod NAME_shop(UUID)'],
    [
      'Pulled image@sha256:0123456789abcdef0123456789abcdef in 1.05s',
      'web',
      'Pulled image@shaNUMBER:HEX in NUMBER.TEXTs',
    ],
    ['Node fade-x2x9z-x2x9z has 007 of 0 cafe', 'web', 'Node fadeTEXTTEXT has TEXT of NUMBER cafe'],
    ['id cd4b7e1f9a-0c3d-4e5f-8a9b-0c1d2e3f4a5b of 12', 'web', 'id cdUUID of NUMBER'],
  ])('finds what varies in %j', (message, name, expected) => {
    const words = ['NUMBER', 'HEX', 'UUID', 'TEXT', 'NAME'];
    const template = splitMessage(message, name)?.template.replace(
      /[\u0091-\u0095]/g,
      (char) => words[char.charCodeAt(0) - 0x91] ?? '',
    );
    expect(template).toBe(expected);
  });

  test('loses nothing of any message', () => {
    const part = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.nat().map(String),
      fc.uuid(),
      fc.constantFrom('web-0', '-x2x9z', '007', 'abcdef0123456789a'),
    );
    fc.assert(
      fc.property(fc.array(part), fc.constantFrom('web-0', 'a', '', '0', '$&'), (parts, name) => {
        const message = parts.join('');
        const split = splitMessage(message, name);
        fc.pre(split !== undefined);
        const writer = new ByteWriter();
        writeVariables(split, writer);
        expect(readMessage(partsOf(split.template), name, new ByteReader(Buffer.from(writer.written())))).toBe(message);
      }),
    );
  });
});
