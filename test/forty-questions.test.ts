/** What people ask of a week, answered by indexes and rollups as by a look at every event. */
import { expect, onTestFinished, test } from 'vitest';
import { Corpus } from '../bench/corpus.ts';
import { eventFilter } from '../src/component/event-filter.ts';
import type { CountOptions, EventFilter, EventGroup, StoredEvent } from '../src/component/history.ts';
import type { Event } from '../src/core/event.ts';
import { type EventRecord, eventRecord } from '../src/core/record.ts';
import { severityOf } from '../src/core/severity.ts';
import { shortFormToFilter } from '../src/lang/short-form.ts';
import { openSqliteStore, type SqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { all, byVersion, sorted } from './contract/history-model.ts';

/** A line each; the first asks for everything. */
const QUESTIONS = `
reason:BackOff
reason:BackOff,Unhealthy
-reason:BackOff
reason:Fail*
reason:Nothing
type:Warning
type:Normal -reason:Pulled
severity:critical
severity:critical,change
-severity:normal
ns:shop-0
ns:shop-0,payments-1 type:Warning
-ns:shop-0
ns:nowhere
kind:Pod
kind:Node,Deployment
pod:*
pod:*-0
node:*1*
component:kubelet
source:kubelet type:Warning
-component:kubelet
workload:*api*
restarting
Restarting failed
"restarting failed container"
restart*
*estart*
re*container
-restarting
restarting -ns:shop-0
restarting reason:Pulled
restarting -reason:BackOff
pulled image type:Normal
"probe failed" kind:Pod
probe connection
assigned ns:shop-0
xylophone
xylophone type:Warning
`
  .trimEnd()
  .split('\n');

const START = Date.UTC(2026, 0, 5);
const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;
const EVENTS = 2_000;

function simulatedWeek(): EventRecord[] {
  const corpus = new Corpus(7);
  return Array.from({ length: EVENTS }, (_, index) => {
    const at = START + (index * WEEK) / EVENTS;
    const event = JSON.parse(corpus.next(at).serialise(String(index + 1))) as Event;
    const envelope = { cluster: 'prod', epoch: 1, scope: '*', receivedAt: at, origin: 'watch', news: true } as const;
    return eventRecord(event, envelope);
  });
}

/** The same, of which nothing can be told but by looking at the event. */
function unindexed(filter: EventFilter): EventFilter {
  return { ofGroup: () => undefined, matches: (event) => filter.matches(event) };
}

const idsOf = (records: readonly EventRecord[]) => records.map(({ body }) => Number(body.metadata.resourceVersion));
const bySeverity = (group: Pick<EventGroup, 'type' | 'reason'>) => severityOf(group);

test('forty questions over a simulated week are answered as by a plain scan, pushed down or not', {
  timeout: 60_000,
}, async () => {
  const store = openSqliteStore({ path: ':memory:' });
  onTestFinished(() => store.close());
  const week = simulatedWeek();
  const { occurrences } = await store.apply(week);
  await store.index({ limit: EVENTS });
  const stored: StoredEvent[] = week.map((record, index) => ({
    ...record,
    occurrences: occurrences[index] ?? 0,
    firstSeen: record.time,
  }));
  const latest = new Map<string, StoredEvent>();
  const range = { since: START + 10 * HOUR + 1, until: START + WEEK - 5 * HOUR };
  const inRange = stored.filter(({ time }) => time >= range.since && time <= range.until);
  for (const event of inRange.toSorted(byVersion)) latest.set(event.body.metadata.uid, event);
  expect(new Set(QUESTIONS).size).toBe(40);
  let answered = 0;
  for (const text of QUESTIONS) {
    const filter = eventFilter(shortFormToFilter(text));
    const matching = inRange.filter((event) => filter.matches(event));
    const events = [...latest.values()].filter((event) => filter.matches(event));
    if (matching.length > 0) answered++;
    for (const asked of [filter, unindexed(filter)]) {
      const query = { ...range, filter: asked };
      const found = await all(store, query, { order: 'newest-first' });
      expect([text, idsOf(found)]).toEqual([
        text,
        idsOf(events.toSorted((a, b) => b.time - a.time || byVersion(b, a))),
      ]);
      expect([text, await countsOf(store, query)]).toEqual([text, modelOf(matching)]);
    }
  }
  expect(answered).toBeGreaterThan(30);
});

const BUCKETS = { start: START, step: 6 * HOUR };

async function countsOf(store: SqliteStore, query: Parameters<SqliteStore['counts']>[0]) {
  const options: CountOptions = { by: bySeverity, buckets: BUCKETS };
  const { counts } = await store.counts(query, { ...options, byClass: bySeverity });
  expect(sorted((await store.counts(query, options)).counts)).toEqual(sorted(counts));
  return sorted(counts);
}

function modelOf(events: readonly StoredEvent[]) {
  const counts = Map.groupBy(events, ({ time, body: { type = '', reason = '' } }) =>
    [Math.floor((time - BUCKETS.start) / BUCKETS.step), severityOf({ type, reason })].join(' '),
  );
  return sorted(
    Array.from(counts, ([key, those]) => ({
      bucket: Number.parseInt(key, 10),
      key: key.split(' ')[1] ?? '',
      revisions: those.length,
      occurrences: those.reduce((sum, one) => sum + one.occurrences, 0),
    })),
  );
}
