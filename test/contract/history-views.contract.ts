/** What every {@link History} answers to pages and pictures: rankings, spreads, marks and names. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventFilter } from '../../src/component/event-filter.ts';
import type { EventQuery, History, Mark, OwnedObject, Ranking, StoredEvent } from '../../src/component/history.ts';
import { countOf } from '../../src/core/event.ts';
import type { EventRecord } from '../../src/core/record.ts';
import { firstSeen } from '../../src/core/time.ts';
import { belongsTo, type OwnerName } from '../../src/core/workload.ts';
import { instant, revision, revisions, START } from './event-arbitrary.ts';
import { ALL_REVISIONS, all, byVersion, keysOf, model, occurrencesOf } from './history-model.ts';
import { useOpened } from './use-opened.ts';

const RUNS = { numRuns: 60 };
const BUCKETS = { start: START + 600_000, step: 1_200_000, count: 5 };
const query: fc.Arbitrary<EventQuery> = fc.record(
  {
    since: instant,
    until: instant,
    namespaces: fc.subarray(['shop', 'bank']),
    object: fc.constantFrom({ name: 'web-1' }, { name: 'web', owned: true }, { name: 'web', kind: 'Job', owned: true }),
    filter: fc
      .constantFrom('event.reason == "BackOff"', 'event.count > 2', 'event.message.hasWords("web-0")')
      .map((source) => eventFilter(source)),
  },
  { requiredKeys: [] },
);

/** Of the model, where owned objects have their names' workload. */
function expectedOf(records: readonly EventRecord[], { object, ...question }: EventQuery, every: boolean) {
  const isAbout = ({ subject: { kind = '', namespace = '', name = '' } }: EventRecord) =>
    object === undefined || (object.owned ? belongsTo({ kind, namespace, name }, object) : name === object.name);
  return model(records, question, { ...ALL_REVISIONS, revisions: every }).filter(isAbout);
}

function ownedBy({ cluster, subject }: EventRecord, owners: readonly OwnerName[]): OwnedObject {
  const { kind = '', namespace = '', name = '', uid = '' } = subject;
  return { cluster, kind, namespace, name, uid, owners };
}

async function marksOf(history: History, question: EventQuery, options = {}): Promise<Mark[]> {
  const marks: Mark[] = [];
  for await (const some of history.marks(question, options)) marks.push(...some.marks);
  return marks;
}

/** `open` gives an empty history each time. */
export function describeHistoryViews(name: string, open: () => Promise<History>): void {
  const withHistory = useOpened(open);

  describe(`${name} as a history of pictures`, () => {
    test('ranks events as the plainest model, page by page', async () => {
      const asked = fc.tuple(query, fc.constantFrom<Ranking>('count', 'first'), fc.integer({ min: 1, max: 3 }));
      await fc.assert(
        fc.asyncProperty(revisions, asked, async (records, [question, by, limit]) => {
          await withHistory(async (history) => {
            await history.apply(records);
            const value = ({ body, time }: EventRecord) =>
              by === 'count' ? countOf(body) : Math.min(firstSeen(body) ?? time, time);
            const expected = expectedOf(records, question, false).toSorted(
              (a, b) => value(b) - value(a) || b.time - a.time || byVersion(b, a),
            );
            const found: StoredEvent[] = [];
            let after: string | undefined;
            do {
              const page = await history.ranked(question, { by, limit, ...(after !== undefined && { after }) });
              found.push(...page.events);
              after = page.next;
              await history.apply([
                revision({ event: 9, resourceVersion: 90 + found.length, second: 0, count: 99, object: 1 }),
              ]);
            } while (after !== undefined);
            expect(keysOf(found)).toEqual(keysOf(expected));
          });
        }),
        RUNS,
      );
    });

    test('spreads the occurrences of events over buckets, and marks every revision', async () => {
      await fc.assert(
        fc.asyncProperty(revisions, query, async (records, question) => {
          await withHistory(async (history) => {
            await history.apply(records);
            const expected = expectedOf(records, question, true).toReversed();
            for (const hosts of [false, true]) {
              const marks = await marksOf(history, question, { hosts });
              expect(marks.map((mark) => [mark.time, mark.uid, mark.resourceVersion, mark.occurrences])).toEqual(
                expected.map((record) => [
                  record.time,
                  record.body.metadata.uid,
                  record.body.metadata.resourceVersion,
                  occurrencesOf(record, records),
                ]),
              );
              expect(marks.map(({ group, object: about }) => [group.reason, group.namespace, about.name])).toEqual(
                expected.map(({ body }) => [body.reason, body.metadata.namespace, body.involvedObject.name]),
              );
            }
            const marked = await marksOf(history, question, { hosts: true });
            expect(marked.map(({ host }) => host)).toEqual(expected.map(({ body }) => body.source?.host));
            const events = await all(history, {}, { order: 'oldest-first' });
            const spread = Array.from({ length: BUCKETS.count }, () => 0);
            for (const record of records) {
              const bucket = Math.floor((record.time - BUCKETS.start) / BUCKETS.step);
              if (bucket >= 0 && bucket < BUCKETS.count)
                spread[bucket] = (spread[bucket] ?? 0) + occurrencesOf(record, records);
            }
            const spreads = await history.spread(events, BUCKETS);
            expect(spread.map((_, index) => spreads.reduce((sum, one) => sum + (one[index] ?? 0), 0))).toEqual(spread);
          });
        }),
        RUNS,
      );
    });

    test('knows the names of objects of which something matches', async () => {
      await fc.assert(
        fc.asyncProperty(revisions, query, fc.constantFrom('', 'web', 'web-1', 'x'), async (records, asked, prefix) => {
          await withHistory(async (history) => {
            await history.apply(records);
            const { object: _, ...question } = asked;
            const names = new Map<string, number>();
            for (const record of expectedOf(records, question, true)) {
              const { namespace, name: objectName = '' } = record.body.involvedObject;
              const key = `${namespace} ${objectName}`;
              if (objectName.startsWith(prefix)) names.set(key, (names.get(key) ?? 0) + occurrencesOf(record, records));
            }
            const { names: found, lookedAt } = await history.names(question, { prefix, limit: 100 });
            expect(lookedAt).toBeUndefined();
            expect(new Map(found.map((one) => [`${one.namespace} ${one.name}`, one.occurrences]))).toEqual(names);
            expect(await history.names(question, { prefix, kind: 'Job', limit: 100 })).toEqual({ names: [] });
          });
        }),
        RUNS,
      );
    });

    test('looks at so many objects of the cluster, kind and namespace in question, whatever others are called alike', async () => {
      await withHistory(async (history) => {
        const spec = { second: 0, count: 1 };
        const others = Array.from({ length: 1_200 }, (_, index) =>
          revision({ ...spec, event: index + 1, object: index + 1, resourceVersion: index + 1 }),
        );
        const wanted = revision({ ...spec, event: 2_000, object: 9_999, resourceVersion: 2_000, namespace: 'bank' });
        const node = revision({ ...spec, event: 2_001, object: 9_998, resourceVersion: 2_001, kind: 'Node' });
        await history.apply([wanted, node, ...others]);
        for (const prefix of ['', 'web']) {
          const inBank = await history.names({ namespaces: ['bank'] }, { prefix, limit: 1 });
          expect(inBank).toMatchObject({ names: [{ name: 'web-9999', occurrences: 1 }] });
          const nodes = await history.names({}, { prefix, kind: 'Node', limit: 1 });
          expect(nodes).toMatchObject({ names: [{ name: 'web-9998' }] });
          const some = await history.names({}, { prefix, limit: 150 });
          expect([some.names.length, some.lookedAt]).toEqual([150, 150]);
          const all = await history.names({}, { prefix, limit: 1_202 });
          expect([new Set(all.names.map(({ name }) => name)).size, all.lookedAt]).toEqual([1_202, undefined]);
        }
      });
    });

    test('tells by remembered owners what belongs to a workload, and by names where none are remembered', async () => {
      await withHistory(async (history) => {
        const [first, second, third] = [1, 2, 3].map((n) =>
          revision({ event: n, object: n, resourceVersion: n, second: n, count: 1 }),
        ) as [EventRecord, EventRecord, EventRecord];
        await history.apply([first, second, third]);
        const rollout = { kind: 'Rollout', name: 'front' };
        const chain = [{ kind: 'ReplicaSet', name: 'front-a' }, rollout];
        await history.addOwners([ownedBy(first, [{ kind: 'Job', name: 'web-1' }]), ownedBy(second, [])]);
        await history.addOwners([ownedBy(first, chain), ownedBy({ ...first, cluster: 'other' }, [])]);
        const namesOf = async (question: EventQuery) =>
          (await all(history, question, ALL_REVISIONS)).map(({ subject }) => subject.name);
        expect(await namesOf({ object: { ...rollout, owned: true } })).toEqual(['web-1']);
        expect(await namesOf({ object: { name: 'front-a', kind: 'ReplicaSet', owned: true } })).toEqual(['web-1']);
        expect(await namesOf({ object: { name: 'web', owned: true } })).toEqual(['web-3']);
        expect(await namesOf({ filter: eventFilter('workload == "front"') })).toEqual(['web-1']);
        const owners: readonly [string, readonly OwnerName[] | undefined][] = [
          ['web-1', chain],
          ['web-2', []],
          ['web-3', undefined],
        ];
        const events = await all(history, {}, ALL_REVISIONS);
        expect(events.map((event) => [event.subject.name, event.owners])).toEqual(owners);
        const marks = [...(await marksOf(history, {})), ...(await marksOf(history, {}, { hosts: true }))];
        expect(new Map(marks.map(({ object }) => [object.name, object.owners] as const))).toEqual(new Map(owners));
        const { names } = await history.names({}, { prefix: 'web', limit: 9 });
        expect(new Map(names.map((one) => [one.name, one.owners] as const))).toEqual(new Map(owners));
        const { events: ranked } = await history.ranked({}, { by: 'first', limit: 9 });
        expect(new Map(ranked.map((event) => [event.subject.name, event.owners] as const))).toEqual(new Map(owners));
      });
    });

    test('forgets owners that change, and with the last event about an object', async () => {
      await withHistory(async (history) => {
        const pod = revision({ event: 1, object: 1, resourceVersion: 1, second: 0, count: 1 });
        const ownersOf = async () => (await all(history, {}, ALL_REVISIONS)).map(({ owners }) => owners?.[0]?.name);
        await history.apply([pod]);
        for (const name of ['a', 'b']) {
          await history.addOwners([ownedBy(pod, [{ kind: 'ReplicaSet', name }])]);
          expect(await ownersOf()).toEqual([name]);
        }
        await history.expire({ before: START + 1, limit: 10 });
        await history.apply([pod]);
        expect(await ownersOf()).toEqual([undefined]);
        expect(await all(history, { object: { name: 'b', owned: true } }, ALL_REVISIONS)).toEqual([]);
      });
    });

    test('ranks all that was said about one object, however much that is', async () => {
      await withHistory(async (history) => {
        const numbers = Array.from({ length: 4_500 }, (_, index) => index + 1);
        await history.apply(
          numbers.map((n) => revision({ event: n, object: 1, resourceVersion: n, second: n, count: n })),
        );
        const query = { object: { name: 'web-1' }, until: START + 4_600_000 };
        const ranked = await history.ranked(query, { by: 'count', limit: 4_500 });
        expect(ranked.events.map(({ time }) => time)).toEqual(numbers.map((n) => START + n * 1_000).toReversed());
        const { events, stoppedAt } = await history.ranked(query, {
          by: 'count',
          limit: 4_500,
          signal: AbortSignal.abort(),
        });
        expect([events.length, stoppedAt]).toEqual([2_000, query.until]);
      });
    });

    test('reads what was said about one object part by part, and ends between them', async () => {
      await withHistory(async (history) => {
        const numbers = Array.from({ length: 4_500 }, (_, index) => index + 1);
        await history.apply(
          numbers.map((n) => revision({ event: n, object: 1, resourceVersion: n, second: n, count: 1 })),
        );
        const query = { object: { name: 'web-1' }, since: START, until: START + 4_600_000 };
        const seconds = (events: readonly EventRecord[]) => events.map(({ time }) => (time - START) / 1_000);
        const signal = AbortSignal.abort();
        for (const order of ['newest-first', 'oldest-first'] as const) {
          const ordered = order === 'oldest-first' ? numbers : numbers.toReversed();
          expect(seconds((await history.page(query, { order, limit: 5_000 })).events)).toEqual(ordered);
          const { next = '', ...stopped } = await history.page(query, { order, limit: 2, signal });
          expect(stopped).toEqual({ events: [], stoppedAt: order === 'oldest-first' ? query.since : query.until });
          const { events } = await history.page(query, { order, limit: 2, after: next });
          expect(seconds(events)).toEqual(ordered.slice(0, 2));
        }
        for (const filter of [undefined, eventFilter('event.count > 0', () => {})]) {
          const question = { ...query, object: undefined, ...(filter && { filter }) };
          const whole = await history.names(question, { prefix: 'web-1', limit: 10 });
          expect(whole).toMatchObject({ names: [{ name: 'web-1', occurrences: 4_500 }] });
          const stopping = new AbortController();
          globalThis.setImmediate(() => stopping.abort());
          const some = await history.names(question, { prefix: 'web-1', limit: 10, signal: stopping.signal });
          expect(some).toMatchObject({ names: [{ name: 'web-1', occurrences: 2_000 }], lookedAt: 1 });
        }
      });
    });

    test('ends what takes too long, and says how far it came', async () => {
      await withHistory(async (history) => {
        const numbers = Array.from({ length: 5_000 }, (_, index) => index + 1);
        await history.apply(
          numbers.map((n) => revision({ event: n, object: n % 7, resourceVersion: n, second: n, count: 5_000 - n })),
        );
        const signal = AbortSignal.abort();
        const page = await history.ranked({}, { by: 'count', limit: 1, signal });
        expect(page.stoppedAt).toBe(START + 3_001_000);
        expect(page.events.map(({ time }) => time)).toEqual([START + 3_001_000]);
        const ofObject = { object: { name: 'web', owned: true }, until: START + 9_000_000 };
        const stopped = await history.ranked(ofObject, { by: 'count', limit: 5_000, signal });
        expect([stopped.events.length < 1_000, stopped.stoppedAt]).toEqual([true, ofObject.until]);
        const every = await history.ranked(ofObject, { by: 'count', limit: 5_000 });
        expect([every.events.length, every.stoppedAt]).toEqual([5_000, undefined]);
        const marked: (number | undefined)[] = [];
        for await (const { marks, reached } of history.marks({}, { signal })) marked.push(marks.length, reached);
        expect(marked).toEqual([2_000, START + 3_001_000]);
        const begun = await history.ranked({}, { by: 'first', limit: 1 });
        expect([begun.stoppedAt, begun.events[0]?.time]).toEqual([undefined, START + 5_000_000]);
        expect(await history.names({}, { prefix: 'web', limit: 10, signal })).toEqual({ names: [], lookedAt: 0 });
        const { events } = await history.page({}, { limit: 60 });
        expect(await history.spread(events, BUCKETS, signal)).toHaveLength(50);
        expect(await history.spread(events, BUCKETS)).toHaveLength(60);
        await expect(history.ranked({}, { by: 'first', limit: 1, after: 'x' })).rejects.toMatchObject({
          code: 'CURSOR_INVALID',
        });
      });
    });
  });
}
