import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from './event.ts';
import { fromEventsV1, toCoreV1, toEventsV1 } from './event-conversion.ts';

const timestamp = fc
  .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString().replace('.000Z', 'Z'));
const text = fc.string({ minLength: 1, unit: 'binary' });
const reference = fc.record(
  { kind: text, namespace: text, name: text, uid: fc.uuid(), apiVersion: text, resourceVersion: text, fieldPath: text },
  { requiredKeys: [] },
);

/** Events as core/v1 serves them: fields of Go's zero value are printed or left out as the type's JSON tags say. */
const servedByCoreV1: fc.Arbitrary<Event> = fc
  .record(
    {
      metadata: fc.record({ name: text, uid: fc.uuid(), resourceVersion: fc.nat().map(String) }),
      involvedObject: reference,
      reason: text,
      message: text,
      source: fc.record({ component: text, host: text }, { requiredKeys: [] }),
      firstTimestamp: fc.option(timestamp),
      lastTimestamp: fc.option(timestamp),
      count: fc.integer({ min: 1 }),
      type: text,
      eventTime: fc.option(timestamp),
      series: fc.record(
        { count: fc.integer({ min: 1 }), lastObservedTime: fc.option(timestamp) },
        { requiredKeys: ['lastObservedTime'] },
      ),
      action: text,
      related: reference,
      reportingComponent: fc.string(),
      reportingInstance: fc.string(),
      addedInALaterVersion: fc.jsonValue(),
    },
    {
      requiredKeys: [
        'metadata',
        'involvedObject',
        'source',
        'firstTimestamp',
        'lastTimestamp',
        'eventTime',
        'reportingComponent',
        'reportingInstance',
      ],
    },
  )
  .map((event) => event satisfies Event);

describe('toEventsV1', () => {
  test('and back is the identity for every event as core/v1 serves it', () => {
    fc.assert(
      fc.property(servedByCoreV1, (event) => {
        expect(fromEventsV1(toEventsV1(event))).toEqual(event);
      }),
    );
  });

  test('prints zero values as the events.k8s.io/v1 type does', () => {
    const event: Event = {
      metadata: { name: 'web-0.17', namespace: 'shop', uid: 'u', resourceVersion: '7' },
      involvedObject: { kind: 'Pod', name: 'web-0' },
      reason: 'Started',
      message: 'Started container web',
      source: { component: 'kubelet', host: 'node-1' },
      firstTimestamp: '2026-01-02T03:04:05Z',
      lastTimestamp: '2026-01-02T03:04:05Z',
      count: 1,
      type: 'Normal',
      eventTime: null,
      reportingComponent: '',
      reportingInstance: '',
    };
    expect(JSON.stringify(toEventsV1(event))).toBe(
      '{"kind":"Event","apiVersion":"events.k8s.io/v1","metadata":{"name":"web-0.17","namespace":"shop","uid":"u","resourceVersion":"7"},' +
        '"eventTime":null,"reason":"Started","regarding":{"kind":"Pod","name":"web-0"},"note":"Started container web","type":"Normal",' +
        '"deprecatedSource":{"component":"kubelet","host":"node-1"},"deprecatedFirstTimestamp":"2026-01-02T03:04:05Z",' +
        '"deprecatedLastTimestamp":"2026-01-02T03:04:05Z","deprecatedCount":1}',
    );
  });

  test('prints both fields of a series, which core/v1 leaves out when they are zero', () => {
    const event: Event = {
      metadata: { name: 'a', uid: 'u', resourceVersion: '1' },
      involvedObject: {},
      series: { lastObservedTime: null },
    };
    expect(toEventsV1(event)['series']).toEqual({ count: 0, lastObservedTime: null });
    expect(fromEventsV1(toEventsV1(event)).series).toEqual({ lastObservedTime: null });
  });
});

describe('fromEventsV1', () => {
  test('fills in what core/v1 always prints', () => {
    const served = {
      kind: 'Event',
      apiVersion: 'events.k8s.io/v1',
      metadata: { name: 'a', uid: 'u', resourceVersion: '1' },
      eventTime: '2026-01-02T03:04:05.678901Z',
      regarding: { kind: 'Pod' },
      note: 'n',
    } as const;
    expect(fromEventsV1(served)).toEqual({
      metadata: { name: 'a', uid: 'u', resourceVersion: '1' },
      involvedObject: { kind: 'Pod' },
      message: 'n',
      source: {},
      firstTimestamp: null,
      lastTimestamp: null,
      eventTime: '2026-01-02T03:04:05.678901Z',
      reportingComponent: '',
      reportingInstance: '',
    });
  });
});

describe('toCoreV1', () => {
  test('puts kind and apiVersion in front, as the API server does', () => {
    const event: Event = { metadata: { name: 'a', uid: 'u', resourceVersion: '1' }, involvedObject: {} };
    expect(JSON.stringify(toCoreV1(event))).toBe(
      '{"kind":"Event","apiVersion":"v1","metadata":{"name":"a","uid":"u","resourceVersion":"1"},"involvedObject":{}}',
    );
  });
});
