/** What every implementation of {@link EventVersions} must do, held against the plainest model there is. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventVersions, VersionQuery } from '../../src/component/event-versions.ts';
import type { EventGroup, History, StoredEvent } from '../../src/component/history.ts';
import type { Log } from '../../src/component/log.ts';
import type { Event } from '../../src/core/event.ts';
import type { EventRecord } from '../../src/core/record.ts';
import { batchesOf, instant, revision, revisionsAndDeletions, START } from './event-arbitrary.ts';
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
  /** Another cluster has the same revisions, and no event deleted: none of them may be seen. */
  const applied = async ({ writer }: VersionsUnderTest, records: readonly EventRecord[]): Promise<void> => {
    await writer.apply(records.flatMap((record) => [record, { ...record, cluster: 'other' }]));
  };
  const appended = async ({ writer }: VersionsUnderTest, history: DeletedHistory, seed: number): Promise<void> => {
    const inOther = history.records.map((record) => ({ ...record, cluster: 'other' }));
    await writer.apply(inOther);
    for (const batches of batchesOf(history, seed)) await writer.append(batches);
  };

  describe(`${name} as versions of events`, () => {
    test('gives the state at any version, as the plainest model, whole and from any place on', async () => {
      await fc.assert(
        fc.asyncProperty(
          revisionsAndDeletions,
          fc.array(fc.tuple(version, query), { minLength: 1, maxLength: 6 }),
          fc.nat(),
          (history, asked, seed) =>
            withVersions(async (opened) => {
              await appended(opened, history, seed);
              for (const [resourceVersion, question] of asked) {
                const wanted = stateOf(history, resourceVersion, question);
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

    test('gives what changed between two versions, each with what the event was before it', async () => {
      await fc.assert(
        fc.asyncProperty(revisionsAndDeletions, version, version, fc.nat(), (history, after, upTo, seed) =>
          withVersions(async (opened) => {
            await appended(opened, history, seed);
            const found = await all(opened.versions.changes({ cluster: 'prod', resourceVersion: upTo }, after));
            expect(
              found.map(({ resourceVersion, event, before }) => [
                resourceVersion,
                event && keyOf(event),
                before && keyOf(before),
              ]),
            ).toEqual(changesOf(history, after, upTo));
          }),
        ),
        RUNS,
      );
    });

    test('applies changes to a state and arrives at the next one', async () => {
      await fc.assert(
        fc.asyncProperty(revisionsAndDeletions, version, version, fc.nat(), (history, from, step, seed) =>
          withVersions(async (opened) => {
            await appended(opened, history, seed);
            const to = from + step;
            const state = async (resourceVersion: number): Promise<Map<string, string>> => {
              const found = await batched(opened.versions.at({ cluster: 'prod', resourceVersion, query: {} }));
              return new Map(found.map(({ event }) => [event.body.metadata.uid, keyOf(event)]));
            };
            const followed = await state(from);
            for (const { event, before } of await all(
              opened.versions.changes({ cluster: 'prod', resourceVersion: to }, from),
            )) {
              if (event) followed.set(event.body.metadata.uid, keyOf(event));
              else if (before) followed.delete(before.body.metadata.uid);
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

    test('goes on from page to page of deletes and revisions, in the order of versions', () =>
      withVersions(async (opened) => {
        const one = (resourceVersion: number, event: number): EventRecord =>
          revision({ event, object: event % 7, resourceVersion, second: 0, count: 1 });
        const range = (count: number, first: number) => Array.from({ length: count }, (_, index) => first + index);
        const records = range(1_300, 1).map((n) => one(n, n));
        // A namespace goes with most of its events, while others are written.
        const deletions = range(1_200, 1).map((n) => one(2_000 + 2 * n, n));
        const later = range(30, 1).map((n) => one(2_601 + 2 * n, 5_000 + n));
        await applied(opened, [...records, ...later]);
        await opened.writer.append([{ cluster: 'prod', epoch: 1, scope: '*', records: [], deletions }]);
        const found = await all(opened.versions.changes({ cluster: 'prod', resourceVersion: 9_999 }, 900));
        const told = found.map(({ resourceVersion, event, before }) =>
          [resourceVersion, event?.body.metadata.resourceVersion, before?.body.metadata.resourceVersion].join(' '),
        );
        expect(told).toEqual([
          ...range(400, 901).map((n) => `${n} ${n} `),
          ...[...deletions, ...later].sort(byVersion).map((record) => {
            const at = versionOf(record);
            return at % 2 === 0 ? `${at}  ${(at - 2_000) / 2}` : `${at} ${at} `;
          }),
        ]);
      }));

    test('finds the event that a name belongs to now, and none when that was deleted', () =>
      withVersions(async (opened) => {
        const odd = (event: number, resourceVersion: number): EventRecord => {
          const record = revision({ event, object: 1, resourceVersion, second: 0, count: 1 });
          return { ...record, body: { ...record.body, metadata: { ...record.body.metadata, name: 'same' } } };
        };
        await applied(opened, [odd(1, 10), odd(2, 20)]);
        const deletions = [odd(1, 15), odd(2, 30)];
        await opened.writer.append([{ cluster: 'prod', epoch: 1, scope: '*', records: [], deletions }]);
        const at = async (resourceVersion: number) => {
          const named = await opened.versions.named(
            { cluster: 'prod', resourceVersion },
            { namespace: 'shop', name: 'same' },
            START,
          );
          const state = await batched(opened.versions.at({ cluster: 'prod', resourceVersion, query: {} }));
          return [named?.body.metadata.resourceVersion, ...state.map(({ event }) => versionOf(event))];
        };
        expect(await at(10)).toEqual(['10', 10]);
        expect(await at(15)).toEqual([undefined]);
        expect(await at(20)).toEqual(['20', 20]);
        expect(await at(30)).toEqual([undefined]);
        expect(await batched(opened.versions.at({ cluster: 'other', resourceVersion: 30, query: {} }))).toHaveLength(2);
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

interface DeletedHistory {
  readonly records: readonly EventRecord[];
  readonly deletions: readonly EventRecord[];
}

/** The event's revision up to some point; undefined when none is left of it by then. */
function aliveIn({ deletions }: DeletedHistory, known: readonly EventRecord[]): EventRecord | undefined {
  const last = known.toSorted(byVersion).at(-1);
  return last && !deletions.includes(last) ? last : undefined;
}

function stateOf(
  history: DeletedHistory,
  resourceVersion: number,
  { since = -Infinity, until = Infinity, namespaces, reasons, object, filter }: VersionQuery['query'],
): EventRecord[] {
  const { records, deletions } = history;
  const newest = epochOf([...records, ...deletions]);
  const known = [...records, ...deletions].filter(
    (record) => record.epoch < newest || versionOf(record) <= resourceVersion,
  );
  const latest = [...Map.groupBy(known, ({ body }) => body.metadata.uid).values()];
  return latest
    .flatMap((ofEvent) => aliveIn(history, ofEvent) ?? [])
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

function changesOf(
  history: DeletedHistory,
  after: number,
  upTo: number,
): [number, string | undefined, string | undefined][] {
  const sorted = [...history.records, ...history.deletions].sort(byVersion);
  const newest = epochOf(sorted);
  return sorted
    .filter((record) => record.epoch === newest && versionOf(record) > after && versionOf(record) <= upTo)
    .flatMap((record) => {
      const { uid } = record.body.metadata;
      const ofEvent = sorted.slice(0, sorted.indexOf(record)).filter(({ body }) => body.metadata.uid === uid);
      const before = aliveIn(history, ofEvent);
      const isDeletion = history.deletions.includes(record);
      // What was not there did not go.
      if (isDeletion && !before) return [];
      return [[versionOf(record), isDeletion ? undefined : keyOf(record), before && keyOf(before)]];
    });
}
