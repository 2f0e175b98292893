/**
 * What the page asks, while events are written: a list page, histograms, facets, an object's story, words. `QUERY_EVENTS`
 * says how many events are stored, over 30 days.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { eventFilter } from '../src/component/event-filter.ts';
import type { CountOptions, CountQuery, EventClass, EventGroup, EventQuery } from '../src/component/history.ts';
import { severityOf } from '../src/core/severity.ts';
import { shortFormToFilter } from '../src/lang/short-form.ts';
import { openSqliteHistory, type SqliteHistory } from '../src/store/sqlite/sqlite-history.ts';
import { type Figure, quantile } from './measurement.ts';
import { removeDirectory, temporaryDirectory } from './temporary.ts';

const EVENTS = Number(process.env['QUERY_EVENTS'] ?? 1_000_000);
/** A store that was filled before, in place of one of its own. */
const FILLED = process.env['QUERY_STORE'];
const ROUNDS = Number(process.env['QUERY_ROUNDS'] ?? 40);
const DAY = 86_400_000;
const PAGE = 200;

interface Range {
  readonly since: number;
  readonly until: number;
}

interface Asked {
  readonly what: string;
  readonly atMost: number;
  readonly ask: (history: SqliteHistory, range: Range, round: number) => Promise<unknown>;
}

function filtered(search: string): EventQuery {
  return { filter: eventFilter(shortFormToFilter(search)) };
}

const page = (query: EventQuery) => (history: SqliteHistory, range: Range) =>
  history.page({ ...range, ...query }, { limit: PAGE });

const counts =
  (query: CountQuery, how: Pick<CountOptions, 'by' | 'byClass'>, days: number, step?: number) =>
  (history: SqliteHistory, { until }: Range) => {
    const since = until - days * DAY;
    const buckets = step === undefined ? {} : { buckets: { start: Math.floor(since / step) * step, step } };
    return history.counts({ ...query, since, until }, { ...how, ...buckets });
  };

function questions(objects: readonly EventQuery[], namespaces: readonly string[]): readonly Asked[] {
  const namespace = (round: number): string => namespaces[round % namespaces.length] ?? '';
  const severity = { by: severityOf, byClass: severityOf };
  // As the API asks for its facets.
  const classes = { by: () => '', byClass: (group: EventClass) => JSON.stringify(group) };
  const ofNamespaces = { by: (group: EventGroup) => group.namespace };
  return [
    { what: `newest ${PAGE}`, atMost: 100, ask: page({}) },
    { what: `newest ${PAGE} of a filter that selects little`, atMost: 100, ask: page(filtered('reason:SystemOOM')) },
    {
      what: `newest ${PAGE} warnings of one namespace`,
      atMost: 100,
      ask: (history, range, round) => page(filtered(`ns:${namespace(round)} type:Warning`))(history, range),
    },
    { what: 'histogram of 30 days by severity', atMost: 100, ask: counts({}, severity, 30, DAY / 8) },
    {
      what: 'histogram of 30 days of one namespace',
      atMost: 100,
      ask: (history, range, round) => counts({ namespaces: [namespace(round)] }, severity, 30, DAY / 8)(history, range),
    },
    {
      what: 'facets of 24 hours',
      atMost: 100,
      ask: (history, range) =>
        Promise.all([counts({}, classes, 1)(history, range), counts({}, ofNamespaces, 1)(history, range)]),
    },
    {
      what: 'story of an object',
      atMost: 50,
      ask: (history, range, round) =>
        history.page({ ...range, ...objects[round % objects.length] }, { limit: PAGE, revisions: true }),
    },
    { what: 'a common word', atMost: 200, ask: page(filtered('back')) },
    { what: 'a rare word', atMost: 200, ask: page(filtered('oom')) },
    { what: 'a word that is nowhere', atMost: 200, ask: page(filtered('xylophone')) },
    { what: 'two words in a row', atMost: 200, ask: page(filtered('"failed to pull"')) },
    { what: 'a common word and a filter that excludes it', atMost: 200, ask: page(filtered('back reason:Scheduled')) },
    { what: 'a common word without the reason that has it', atMost: 200, ask: page(filtered('back -reason:BackOff')) },
  ];
}

export async function measure(): Promise<readonly Figure[]> {
  const directory = await temporaryDirectory();
  const path = FILLED ?? join(directory, 'store.db');
  const filled = FILLED === undefined ? undefined : await statsOf(FILLED);
  const workerData = { path, events: filled ? 0 : EVENTS, startMs: filled?.newest };
  const writer = new Worker(new URL('./queries-writer.ts', import.meta.url), { workerData });
  try {
    await new Promise<void>((resolve, reject) => {
      writer.once('message', () => resolve());
      writer.once('error', reject);
    });
    const history = openSqliteHistory({ path });
    try {
      return await ask(history, path, filled?.revisions ?? EVENTS);
    } finally {
      await history.close();
    }
  } finally {
    await writer.terminate();
    await removeDirectory(directory);
  }
}

async function statsOf(path: string) {
  const history = openSqliteHistory({ path });
  try {
    return await history.stats();
  } finally {
    await history.close();
  }
}

async function ask(history: SqliteHistory, path: string, events: number): Promise<readonly Figure[]> {
  const { newest = 0 } = await history.stats();
  const range = { since: newest - 30 * DAY, until: newest };
  const asked = questions(...sampled(path));
  const times = new Map(asked.map(({ what }) => [what, [] as number[]]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const { what, ask: run } of asked) {
      const began = performance.now();
      await run(history, range, round);
      times.get(what)?.push(performance.now() - began);
      // As people do, and the writer with whom the thread's core is shared.
      await sleep(5);
    }
  }
  return asked.flatMap(({ what, atMost }) => {
    const ms = times.get(what) ?? [];
    return [
      { what: `${what}, ${events} events, 1,000/s written, p50`, value: quantile(ms, 0.5), unit: 'ms' },
      { what: 'the same, p99', value: quantile(ms, 0.99), unit: 'ms', target: { atMost } },
    ];
  });
}

/** Objects and namespaces from all over the store. */
function sampled(path: string): [objects: EventQuery[], namespaces: string[]] {
  const db = new Database(path, { readonly: true });
  try {
    const { last = 1 } = db.prepare<[], { last: number }>('select max(id) as last from object').get() ?? {};
    const byId = db.prepare<[number], { kind: string; name: string }>(
      'select value as kind, name from object join string on string.id = object.kind where object.id >= ? limit 1',
    );
    const objects = Array.from({ length: ROUNDS }, (_, index) => byId.get(1 + Math.floor((index * last) / ROUNDS)));
    const names = db.prepare<[], string>('select distinct namespace from event_group order by id').pluck().all();
    return [objects.map((object) => (object ? { object } : {})), names];
  } finally {
    db.close();
  }
}
