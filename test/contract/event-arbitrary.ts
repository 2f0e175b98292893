/** Events for property tests: what clusters send, and what nobody should but somebody will. */
import fc from 'fast-check';
import type { Batch } from '../../src/component/log.ts';
import type { Event, ObjectReference } from '../../src/core/event.ts';
import { type Envelope, type EventRecord, eventRecord } from '../../src/core/record.ts';

/** 2026-01-02T03:00:00Z, the start of an hour. */
export const START = Date.UTC(2026, 0, 2, 3);

/** Around the times of {@link revisions}: before them, among them, after them. */
export const instant = fc.integer({ min: -1, max: 13 }).map((step) => START + step * 600_000);

function printTime(instant: number): string {
  return new Date(instant).toISOString().replace('.000Z', 'Z');
}

function uuid(n: number): string {
  return `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`;
}

export interface RevisionSpec {
  /** The event's number: which UID it has. */
  readonly event: number;
  readonly resourceVersion: number;
  /** Last seen, in seconds after START. */
  readonly second: number;
  readonly count: number;
  /** The involved object's number. */
  readonly object: number;
  readonly namespace?: string;
  readonly reason?: string;
  readonly type?: string;
  readonly kind?: string;
}

const ENVELOPE: Envelope = {
  cluster: 'prod',
  epoch: 1,
  scope: '*',
  receivedAt: START + 7_200_000,
  origin: 'watch',
  news: true,
};

/** A revision as the kubelet's recorder would have written it. */
export function revision(spec: RevisionSpec, envelope: Partial<Envelope> = {}): EventRecord {
  const { event, resourceVersion, second, count, object } = spec;
  const { namespace = 'shop', reason = 'BackOff', type = 'Warning', kind = 'Pod' } = spec;
  const name = `web-${object}`;
  const body: Event = {
    metadata: {
      name: `${name}.${event.toString(16).padStart(16, '0')}`,
      namespace,
      uid: uuid(event),
      resourceVersion: String(resourceVersion),
      creationTimestamp: printTime(START),
    },
    involvedObject: {
      kind,
      namespace,
      name,
      uid: uuid(1_000 + object),
      apiVersion: 'v1',
      resourceVersion: '7',
      fieldPath: 'spec.containers{app}',
    },
    reason,
    message: `Back-off restarting failed container app in pod ${name}_${namespace}(${uuid(1_000 + object)})`,
    source: { component: 'kubelet', host: `node-${object % 3}` },
    firstTimestamp: printTime(START),
    lastTimestamp: printTime(START + second * 1000),
    count,
    type,
    eventTime: null,
    reportingComponent: 'kubelet',
    reportingInstance: `node-${object % 3}`,
  };
  return eventRecord(body, { ...ENVELOPE, ...envelope });
}

function placeOf(event: number): Pick<RevisionSpec, 'object' | 'namespace'> {
  return { object: event % 2, namespace: event % 3 === 0 ? 'bank' : 'shop' };
}

/**
 * Sets of revisions of two epochs: few events and objects, so that they meet; every resourceVersion once an epoch. Counts
 * and times go up and down, reasons change, and the times of several revisions are the same.
 */
export const revisions: fc.Arbitrary<readonly EventRecord[]> = fc
  .uniqueArray(
    fc.record({
      epoch: fc.integer({ min: 1, max: 2 }),
      event: fc.integer({ min: 1, max: 4 }),
      resourceVersion: fc.integer({ min: 1, max: 40 }),
      second: fc.integer({ min: 0, max: 12 }).map((step) => step * 600),
      count: fc.integer({ min: 1, max: 9 }),
      reason: fc.constantFrom('BackOff', 'Pulled'),
      type: fc.constantFrom('Warning', 'Normal'),
    }),
    { selector: ({ epoch, resourceVersion }) => `${epoch} ${resourceVersion}`, maxLength: 25, size: 'medium' },
  )
  // An event is about one object in one namespace as long as it lives.
  .map((specs) => specs.map(({ epoch, ...spec }) => revision({ ...spec, ...placeOf(spec.event) }, { epoch })));

/** {@link revisions}, and ends of some of their events and of others, in their midst. */
export const revisionsAndDeletions: fc.Arbitrary<{
  readonly records: readonly EventRecord[];
  readonly deletions: readonly EventRecord[];
}> = revisions.chain((records) => {
  const taken = new Set(records.map(({ epoch, body }) => `${epoch} ${body.metadata.resourceVersion}`));
  const deletion = fc.record({
    epoch: fc.integer({ min: 1, max: 2 }),
    // The fifth is never stored.
    event: fc.constantFrom(...records.map(({ body }) => Number.parseInt(body.metadata.uid, 10)), 5),
    resourceVersion: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 41, max: 45 })),
    second: fc.integer({ min: 0, max: 12 }).map((step) => step * 600),
  });
  return fc
    .uniqueArray(deletion, {
      selector: ({ epoch, resourceVersion }) => `${epoch} ${resourceVersion}`,
      maxLength: 6,
      size: 'medium',
    })
    .map((specs) => {
      const free = specs.filter(({ epoch, resourceVersion }) => !taken.has(`${epoch} ${resourceVersion}`));
      const deletions = free.map(({ epoch, ...spec }) => {
        const receivedAt = START + 10_000_000 + spec.resourceVersion;
        return revision({ ...spec, ...placeOf(spec.event), count: 1 }, { epoch, receivedAt });
      });
      return { records, deletions };
    });
});

/** What is committed together, in turn: all of it twice, in any order. */
export function batchesOf(
  { records, deletions }: { readonly records: readonly EventRecord[]; readonly deletions: readonly EventRecord[] },
  seed: number,
): Batch[][] {
  const batches = [...records, ...deletions].map(
    (record): Batch => ({
      cluster: record.cluster,
      epoch: record.epoch,
      scope: record.scope,
      ...(deletions.includes(record) ? { records: [], deletions: [record] } : { records: [record] }),
    }),
  );
  const random = fc.sample(fc.nat(), { seed, numRuns: 2 * batches.length + 1 });
  const shuffled = [...batches, ...batches]
    .map((batch, index) => ({ batch, key: random[index] ?? 0 }))
    .sort((a, b) => a.key - b.key)
    .map(({ batch }) => batch);
  const size = 1 + (seed % 9);
  return Array.from({ length: Math.ceil(shuffled.length / size) }, (_, index) =>
    shuffled.slice(index * size, (index + 1) * size),
  );
}

const microTime = fc
  .tuple(fc.date({ min: new Date(0), max: new Date('2099-01-01'), noInvalidDate: true }), fc.nat(999_999))
  .map(([date, micros]) => `${date.toISOString().slice(0, 19)}.${String(micros).padStart(6, '0')}Z`);
const wholeTime = fc
  .date({ min: new Date(0), max: new Date('2099-01-01'), noInvalidDate: true })
  .map((date) => `${date.toISOString().slice(0, 19)}Z`);
const oddTime = fc.constantFrom(
  '',
  '0001-01-01T00:00:00Z',
  '2026-02-30T00:00:00Z',
  '2026-01-02T03:04:05.678Z',
  '2026-01-02T03:04:05+01:00',
  '2026-01-02T03:04:60Z',
  '2026-01-02t03:04:05z',
  '2026-00-10T00:00:00Z',
  '+020000-01-01T00:00:00Z',
  'yesterday',
);
const time = fc.oneof(wholeTime, microTime, fc.constant(null), oddTime);
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', 'kubelet', '\u0000', '\u0093', '\u001F', '\uD800', '__proto__', 'web-7d4b9c6f5-x2x9z', '007'),
);
const words = fc
  .array(
    fc.oneof(
      text,
      fc.nat().map(String),
      fc.uuid(),
      fc.constantFrom(
        '000123',
        'sha256:0123456789abcdef0123456789abcdeff',
        '-7d4b9c6f5-x2x9z',
        'web-0',
        '1e21',
        '10.0.0.7:80',
      ),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(' '));
const count = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.maxSafeNat(), fc.double({ noNaN: true }), fc.integer());
/** JSON, since everything came through JSON. */
const unknown = fc
  .dictionary(
    fc.oneof(fc.constantFrom('labels', 'annotations', 'related', '__proto__', 'constructor'), text),
    fc.jsonValue(),
  )
  .map((value) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>);

const optional: { requiredKeys: [] } = { requiredKeys: [] };
const withUnknown = <T extends object>(known: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc
    .tuple(fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, unknown), known)
    .map(([odd, fields]) => ({ ...odd, ...fields }));

const uid = fc.oneof(
  fc.uuid(),
  fc.uuid().map((id) => id.toUpperCase()),
  fc.string(),
);
const reference: fc.Arbitrary<ObjectReference> = withUnknown(
  fc.record(
    {
      kind: text,
      namespace: text,
      name: fc.oneof(text, fc.constant('web-0')),
      uid,
      apiVersion: text,
      resourceVersion: fc.oneof(fc.nat().map(String), text, fc.bigInt({ min: 0n, max: 2n ** 64n }).map(String)),
      fieldPath: text,
    },
    optional,
  ),
);
const name = fc.oneof(
  text,
  fc.constantFrom('web-0.17aabbccddeeff00', 'web-0.17AABBCCDDEEFF00', 'web-0.1', '.17aabbccddeeff00'),
);

/** Events with anything missing, null or odd that JSON can hold; only what identifies and orders them is as it must be. */
export const hostileEvents: fc.Arbitrary<Event> = withUnknown(
  fc.record(
    {
      metadata: withUnknown(
        fc.record(
          { name, namespace: text, uid, resourceVersion: fc.maxSafeNat().map(String), creationTimestamp: time },
          { requiredKeys: ['name', 'uid', 'resourceVersion'] },
        ),
      ),
      involvedObject: reference,
      reason: text,
      message: fc.oneof(text, words),
      source: fc.oneof(fc.constant({}), withUnknown(fc.record({ component: text, host: text }, optional))),
      firstTimestamp: time,
      lastTimestamp: time,
      count,
      type: text,
      eventTime: time,
      series: withUnknown(fc.record({ count, lastObservedTime: time }, optional)),
      action: text,
      related: reference,
      reportingComponent: text,
      reportingInstance: text,
    },
    { requiredKeys: ['metadata', 'involvedObject'] },
  ),
).map((event) => JSON.parse(JSON.stringify(event)) as Event);

/** As {@link hostileEvents}, with fields of a type that the API server would never send. */
export const mistypedEvents: fc.Arbitrary<Event> = fc
  .tuple(
    hostileEvents,
    fc.dictionary(
      fc.constantFrom(
        'reason',
        'type',
        'message',
        'source',
        'series',
        'count',
        'eventTime',
        'involvedObject',
        'related',
      ),
      fc.oneof(fc.constant(null), fc.jsonValue()),
    ),
  )
  .map(([event, odd]) => JSON.parse(JSON.stringify({ ...event, ...odd })) as Event);
