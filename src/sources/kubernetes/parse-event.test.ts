import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../core/errors.ts';
import { parseHead, parseListItem, parseWatchFrame } from './parse-event.ts';

const metadata = { name: 'web-0.17', namespace: 'shop', uid: 'u-1', resourceVersion: '42', creationTimestamp: null };
const managedFields = [
  { manager: 'kubelet', fieldsV1: { 'f:involvedObject': {}, 'k:{"a":[{"b":1}]}': { 'v:"]},"': {} } } },
  { manager: 'é]}"\\' },
];
const involvedObject = { kind: 'Pod', namespace: 'shop', name: 'web-0' };
const body = {
  metadata,
  involvedObject,
  reason: 'Started',
  message: 'a "quoted", ,"managedFields":[ text é',
  count: 3,
};

const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const frameOf = (type: string, object: unknown): Buffer => bytesOf({ type, object });

function outcome(parse: () => unknown): unknown {
  try {
    parse();
    return 'accepted';
  } catch (error) {
    return error instanceof AppError ? error.code : error;
  }
}

function refusal(parse: () => unknown): AppError {
  try {
    parse();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('parseWatchFrame', () => {
  test.each(['ADDED', 'MODIFIED', 'DELETED'] as const)(
    'reads %s without kind, apiVersion and managedFields',
    (type) => {
      const object = { kind: 'Event', apiVersion: 'v1', ...body, metadata: { ...metadata, managedFields } };
      const frame = parseWatchFrame(frameOf(type, object));
      expect(frame).toEqual({ type, event: body });
      expect(Object.keys(frame.type === type ? frame.event : {})).toEqual(Object.keys(body));
    },
  );

  test.each([
    [
      'another order of the fields',
      { apiVersion: 'v1', ...body, metadata: { managedFields, ...metadata }, kind: 'Event' },
    ],
    [
      'involvedObject elsewhere',
      { kind: 'Event', apiVersion: 'v1', metadata: { ...metadata, managedFields }, reason: 'R', involvedObject },
    ],
    [
      'managedFields not at the end',
      { kind: 'Event', apiVersion: 'v1', metadata: { ...metadata, managedFields, labels: { a: 'b' } }, involvedObject },
    ],
    ['no managedFields', { kind: 'Event', apiVersion: 'v1', metadata, involvedObject }],
    [
      'managedFields that are empty',
      { kind: 'Event', apiVersion: 'v1', metadata: { ...metadata, managedFields: [] }, involvedObject },
    ],
    [
      'another array of objects at the end of the metadata',
      {
        kind: 'Event',
        apiVersion: 'v1',
        metadata: { ...metadata, managedFields, ownerReferences: [{ name: 'a' }] },
        involvedObject,
      },
    ],
    [
      'another object with an array of objects before involvedObject',
      {
        kind: 'Event',
        apiVersion: 'v1',
        metadata: { ...metadata, managedFields },
        related: { list: [{}] },
        involvedObject,
      },
    ],
    [
      'empty managedFields and another object with an array of objects before involvedObject',
      {
        kind: 'Event',
        apiVersion: 'v1',
        metadata: { ...metadata, managedFields: [] },
        related: { list: [{}] },
        involvedObject,
      },
    ],
    [
      'an object elsewhere that looks like the end of managedFields',
      {
        kind: 'Event',
        apiVersion: 'v1',
        metadata: { ...metadata, managedFields, labels: { a: 'b' } },
        extra: { x: { list: [{}] }, involvedObject: 1 },
        involvedObject,
      },
    ],
  ])('reads the same from %s', (_, object) => {
    const { kind: _kind, apiVersion: _apiVersion, ...event } = object as Record<string, unknown>;
    const { managedFields: _managedFields, ...kept } = event['metadata'] as Record<string, unknown>;
    expect(parseWatchFrame(frameOf('ADDED', object))).toEqual({ type: 'ADDED', event: { ...event, metadata: kept } });
  });

  test('reads bookmarks and errors', () => {
    const bookmark = {
      kind: 'Event',
      apiVersion: 'v1',
      metadata: { resourceVersion: '77', creationTimestamp: null },
      involvedObject: {},
    };
    expect(parseWatchFrame(frameOf('BOOKMARK', bookmark))).toEqual({ type: 'BOOKMARK', resourceVersion: '77' });
    const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' };
    expect(parseWatchFrame(frameOf('ERROR', status))).toEqual({ type: 'ERROR', status });
    expect(parseWatchFrame(frameOf('ERROR', 'what'))).toEqual({ type: 'ERROR', status: { kind: 'Status' } });
  });

  test('fills in a missing involvedObject', () => {
    expect(parseWatchFrame(frameOf('ADDED', { metadata }))).toEqual({
      type: 'ADDED',
      event: { metadata, involvedObject: {} },
    });
    expect(parseListItem(bytesOf({ metadata, involvedObject: null }))).toEqual({ metadata, involvedObject: {} });
  });

  test.each([
    [{ type: 'ADDED', object: { ...body, metadata: { ...metadata, name: '' } } }, 'metadata.name "", want a name'],
    [{ type: 'ADDED', object: { ...body, metadata: { ...metadata, uid: 7 } } }, 'metadata.uid 7'],
    [
      { type: 'ADDED', object: { ...body, metadata: { ...metadata, resourceVersion: '0x1' } } },
      'metadata.resourceVersion "0x1"',
    ],
    [
      { type: 'ADDED', object: { ...body, metadata: { ...metadata, resourceVersion: '007' } } },
      'metadata.resourceVersion "007"',
    ],
    [{ type: 'ADDED', object: { ...body, involvedObject: [] } }, 'involvedObject []'],
    [{ type: 'ADDED', object: { ...body, involvedObject: { kind: 7 } } }, 'involvedObject.kind 7, want a string'],
    [{ type: 'ADDED', object: { ...body, message: { text: 'a' } } }, 'message {"text":"a"}, want a string'],
    [{ type: 'ADDED', object: { ...body, source: 'kubelet' } }, 'source "kubelet", want an object'],
    [{ type: 'ADDED', object: { ...body, series: { count: '3' } } }, 'series.count "3", want a number'],
    [{ type: 'ADDED', object: { involvedObject } }, 'metadata nothing'],
    [{ type: 'ADDED' }, 'object nothing'],
    [{ type: 'RENAMED', object: body }, 'type "RENAMED", want ADDED'],
    [{ type: 'BOOKMARK', object: {} }, 'metadata.resourceVersion nothing'],
    [[], 'type nothing'],
    [null, 'type nothing'],
  ])('refuses %j', (frame, problem) => {
    const error = refusal(() => parseWatchFrame(bytesOf(frame)));
    expect(error.code).toBe('EVENT_INVALID');
    expect(error.message).toContain(problem);
    expect(error.cause).toBeUndefined();
  });

  test('takes null for a field that is not set', () => {
    const object = { ...body, source: null, message: null, series: null, count: null };
    expect(parseWatchFrame(frameOf('ADDED', object))).toEqual({ type: 'ADDED', event: object });
  });

  test.each(['{"a":', '['])('refuses an event of too many %s', (open) => {
    const nested = open.repeat(20_000) + '1' + (open === '[' ? ']' : '}').repeat(20_000);
    const text = JSON.stringify({ type: 'ADDED', object: body }).replace('"reason"', `"extra":${nested},"reason"`);
    const error = refusal(() => parseWatchFrame(Buffer.from(text)));
    expect(error.message).toBe('read a watch frame: found web-0.17 nested deeply, want at most 100 levels');
  });

  test('tells bytes that are not JSON by a SyntaxError', () => {
    const whole = frameOf('ADDED', {
      kind: 'Event',
      apiVersion: 'v1',
      ...body,
      metadata: { ...metadata, managedFields },
    });
    for (let length = 0; length < whole.length; length++) {
      const error = refusal(() => parseWatchFrame(whole.subarray(0, length)));
      expect([error.code, error.cause]).toEqual(['EVENT_INVALID', expect.any(SyntaxError)]);
    }
  });

  test('throws nothing but EVENT_INVALID, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.anything(), (bytes, anything) => {
        for (const input of [Buffer.from(bytes), bytesOf(anything ?? null), frameOf('ADDED', anything)]) {
          expect(['accepted', 'EVENT_INVALID']).toContain(outcome(() => parseWatchFrame(input)));
        }
      }),
    );
  });
});

describe('parseListItem', () => {
  test('reads what a watch frame reads', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string({ unit: 'binary' }), (labels, message) => {
        const object = {
          metadata: { ...metadata, labels, managedFields },
          involvedObject,
          message: message.toWellFormed(),
        };
        const wrapped = { kind: 'Event', apiVersion: 'v1', ...object };
        const frame = parseWatchFrame(frameOf('ADDED', wrapped));
        expect(parseListItem(bytesOf(object))).toEqual(frame.type === 'ADDED' ? frame.event : undefined);
        expect(parseListItem(bytesOf(object))).toEqual(
          JSON.parse(JSON.stringify({ ...object, metadata: { ...metadata, labels } })),
        );
      }),
    );
  });
});

describe('parseHead', () => {
  test('finds name and resourceVersion at the beginning of a frame and of an item', () => {
    const object = { kind: 'Event', apiVersion: 'v1', ...body };
    const expected = { name: 'shop/web-0.17', resourceVersion: '42' };
    expect(parseHead(frameOf('MODIFIED', object).subarray(0, 300))).toEqual(expected);
    expect(parseHead(bytesOf(body).subarray(0, 300))).toEqual(expected);
  });

  test('takes nothing from deeper objects, or from values that are cut off', () => {
    expect(parseHead(bytesOf({ metadata: { labels: { resourceVersion: '9', name: 'no' } } }))).toEqual({});
    expect(parseHead(Buffer.from('{"metadata":{"name":"a","resourceVersion":"4'))).toEqual({ name: 'a' });
    expect(parseHead(bytesOf({ involvedObject: { metadata: 'x', resourceVersion: '9' } }))).toEqual({});
    expect(parseHead(Buffer.from('nonsense'))).toEqual({});
  });
});
