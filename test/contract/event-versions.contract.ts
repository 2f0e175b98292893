/** What every implementation of {@link EventVersions} must do, held against the plainest model there is. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventVersions, VersionQuery } from '../../src/component/event-versions.ts';
import type { EventGroup, History, StoredEvent } from '../../src/component/history.ts';
import type { Log } from '../../src/component/log.ts';
import type { Event } from '../../src/core/event.ts';
import type { EventRecord } from '../../src/core/record.ts';
import { instant, revision, revisions, START } from './event-arbitrary.ts';
import { useOpened } from './use-opened.ts';

export interface VersionsUnderTest {
  readonly writer: Pick<History, 'apply'> & Pick<Log, 'append' | 'register'>;
  readonly versions: EventVersions;
  close(): Promise<void>;
}

const RUNS = { numRuns: 25 };
const version = fc.integer({ min: 0, max: 45 });
const query: fc.Arbitrary<VersionQuery['query']> = fc.record(
  {
    since: instant,
    until: instant,
    namespaces: fc.subarray(['shop', 'bank', 'none'], { minLength: 1 }),
    reasons: fc.subarray(['BackOff', 'Pulled'], { minLength: 1 }),
    object: fc.record({ name: fc.constantFrom('web-0', 'web-1'), kind: fc.constantFrom('pod', 'Job') }),
    filter: fc.constantFrom('Pod', 'Job').map((kind) => ({ ofGroup: (group: EventGroup) => group.kind === kind })),
  },
  { requiredKeys: [] },
);

/** `open` gives an empty store each time. */
export function describeEventVersions(name: string, open: () => Promise<VersionsUnderTest>): void {
  const withVersions = useOpened(open);
  /** Another cluster has the same revisions: none of them may be seen. */
  const applied = async ({ writer }: VersionsUnderTest, records: readonly EventRecord[]): Promise<void> => {
    await writer.apply(records.flatMap((record) => [record, { ...record, cluster: 'other' }]));
  };

  describe(`${name} as versions of events`, () => {
    test('gives the state at any version, as the plainest model, whole and from any place on', async () => {
      await fc.assert(
        fc.asyncProperty(
          revisions,
          fc.array(fc.tuple(version, query), { minLength: 1, maxLength: 6 }),
          (records, asked) =>
            withVersions(async (opened) => {
              await applied(opened, records);
              for (const [resourceVersion, question] of asked) {
                const wanted = stateOf(records, resourceVersion, question);
                const found = await batched(opened.versions.at({ cluster: 'prod', resourceVersion, query: question }));
                expect(found.map(({ event }) => keyOf(event))).toEqual(wanted.map(keyOf));
                const after = found[0]?.place;
                if (after === undefined) continue;
                // What begins later begins there, wherever one was.
                for (const since of [question.since, START + 5_400_000]) {
                  const later = { ...question, ...(since !== undefined && { since }) };
                  const rest = await batched(
                    opened.versions.at({ cluster: 'prod', resourceVersion, query: later, after }),
                  );
                  const expected = wanted.slice(1).filter(({ time }) => time >= (since ?? -Infinity));
                  expect(rest.map(({ event }) => keyOf(event))).toEqual(expected.map(keyOf));
                }
              }
            }),
        ),
        RUNS,
      );
    });

    test('gives what changed between two versions, each with the revision before it', async () => {
      await fc.assert(
        fc.asyncProperty(revisions, version, version, (records, after, upTo) =>
          withVersions(async (opened) => {
            await applied(opened, records);
            const found = await all(opened.versions.changes({ cluster: 'prod', resourceVersion: upTo }, after));
            expect(found.map(({ event, before }) => [keyOf(event), before && keyOf(before)])).toEqual(
              changesOf(records, after, upTo),
            );
          }),
        ),
        RUNS,
      );
    });

    test('applies changes to a state and arrives at the next one', async () => {
      await fc.assert(
        fc.asyncProperty(revisions, version, version, (records, from, step) =>
          withVersions(async (opened) => {
            await applied(opened, records);
            const to = from + step;
            const state = async (resourceVersion: number): Promise<Map<string, string>> => {
              const found = await batched(opened.versions.at({ cluster: 'prod', resourceVersion, query: {} }));
              return new Map(found.map(({ event }) => [event.body.metadata.uid, keyOf(event)]));
            };
            const followed = await state(from);
            for (const { event } of await all(
              opened.versions.changes({ cluster: 'prod', resourceVersion: to }, from),
            )) {
              followed.set(event.body.metadata.uid, keyOf(event));
            }
            expect(followed).toEqual(await state(to));
          }),
        ),
        RUNS,
      );
    });

    test('finds an event by its name, however it is called', () =>
      withVersions(async (opened) => {
        const named = (record: EventRecord, eventName: string): EventRecord => ({
          ...record,
          body: { ...record.body, metadata: { ...record.body.metadata, name: eventName } },
        });
        const conventional = revision({ event: 1, object: 1, resourceVersion: 10, second: 0, count: 1 });
        const grown = revision({ event: 1, object: 1, resourceVersion: 14, second: 60, count: 2 });
        const odd = named(revision({ event: 2, object: 1, resourceVersion: 11, second: 0, count: 1 }), 'Über-odd');
        const again = named(revision({ event: 3, object: 1, resourceVersion: 12, second: 0, count: 1 }), 'Über-odd');
        await applied(opened, [conventional, grown, odd, again]);
        const find = async (eventName: string, resourceVersion = 20, namespace = 'shop', since = START) => {
          const found = await opened.versions.named(
            { cluster: 'prod', resourceVersion },
            { namespace, name: eventName },
            since,
          );
          return found?.body.metadata.resourceVersion;
        };
        expect(await find(conventional.body.metadata.name)).toBe('14');
        expect(await find(conventional.body.metadata.name, 13)).toBe('10');
        expect(await find(conventional.body.metadata.name, 9)).toBeUndefined();
        expect(await find(conventional.body.metadata.name, 20, 'bank')).toBeUndefined();
        expect(await find(conventional.body.metadata.name, 20, 'shop', START + 61_000)).toBeUndefined();
        expect(await find('Über-odd')).toBe('12');
        expect(await find('Über-odd', 11)).toBe('11');
        expect(await find('web-1.nope')).toBeUndefined();
      }));

    test('knows clusters, positions, and the newest revision up to a version', () =>
      withVersions(async ({ writer, versions }) => {
        await writer.register({ name: 'prod' });
        expect(await versions.clusters()).toEqual([{ name: 'prod', epoch: 1, positions: new Map() }]);
        const records = [10, 20].map((resourceVersion) =>
          revision({ event: resourceVersion, object: 1, resourceVersion, second: 0, count: 1 }),
        );
        const seen = versions.dataVersion();
        const observed = { from: START, to: START + 5 };
        await writer.append([{ cluster: 'prod', epoch: 1, scope: '*', records, position: '25', observed }]);
        expect(versions.dataVersion()).not.toBe(seen);
        const positions = new Map([['*', { epoch: 1, resourceVersion: '25', observedUntil: START + 5 }]]);
        expect(await versions.clusters()).toEqual([{ name: 'prod', epoch: 1, positions }]);
        const newest = async (resourceVersion: number) =>
          (await versions.newest({ cluster: 'prod', resourceVersion }))?.body.metadata.resourceVersion;
        expect([await newest(9), await newest(10), await newest(19), await newest(99)]).toEqual([
          undefined,
          '10',
          '10',
          '20',
        ]);
        expect(await batched(versions.at({ cluster: 'nobody', resourceVersion: 99, query: {} }))).toEqual([]);
      }));
  });
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

async function batched<T>(batches: AsyncIterable<readonly T[]>): Promise<T[]> {
  return (await all(batches)).flat();
}

function keyOf({ cluster, epoch, body }: Pick<StoredEvent, 'cluster' | 'epoch' | 'body'>): string {
  return `${cluster} ${epoch} ${body.metadata.resourceVersion}`;
}

function versionOf({ body }: EventRecord): number {
  return Number(body.metadata.resourceVersion);
}

function epochOf(records: readonly EventRecord[]): number {
  return Math.max(0, ...records.map(({ epoch }) => epoch));
}

function byVersion(a: EventRecord, b: EventRecord): number {
  return a.epoch - b.epoch || versionOf(a) - versionOf(b);
}

function stateOf(
  records: readonly EventRecord[],
  resourceVersion: number,
  { since = -Infinity, until = Infinity, namespaces, reasons, object, filter }: VersionQuery['query'],
): EventRecord[] {
  const newest = epochOf(records);
  const known = records.filter((record) => record.epoch < newest || versionOf(record) <= resourceVersion);
  const latest = new Map(known.toSorted(byVersion).map((record) => [record.body.metadata.uid, record]));
  return [...latest.values()]
    .filter(
      ({ time, body }) =>
        time >= since &&
        time <= until &&
        isAmong(namespaces, body.metadata.namespace) &&
        isAmong(reasons, body.reason) &&
        isOfGroup(body, filter) &&
        (object === undefined ||
          (body.involvedObject.name === object.name &&
            (object.kind === undefined || body.involvedObject.kind?.toLowerCase() === object.kind.toLowerCase()))),
    )
    .sort((a, b) => a.time - b.time || byVersion(a, b));
}

function isAmong(values: readonly string[] | undefined, value = ''): boolean {
  return values?.includes(value) ?? true;
}

function isOfGroup({ involvedObject: { kind = '' } }: Event, filter: VersionQuery['query']['filter']): boolean {
  return filter?.ofGroup({ cluster: 'prod', namespace: '', type: '', reason: '', kind }) !== false;
}

function changesOf(records: readonly EventRecord[], after: number, upTo: number): [string, string | undefined][] {
  const newest = epochOf(records);
  const sorted = records.toSorted(byVersion);
  return sorted
    .filter((record) => record.epoch === newest && versionOf(record) > after && versionOf(record) <= upTo)
    .map((record) => {
      const { uid } = record.body.metadata;
      const before = sorted.slice(0, sorted.indexOf(record)).findLast((other) => other.body.metadata.uid === uid);
      return [keyOf(record), before && keyOf(before)];
    });
}
