/** How fast the questions are answered that people ask most: what happened to this object, and what is new here. */
import Database from 'better-sqlite3';
import type { EventQuery, EventsOptions } from '../src/component/history.ts';
import { Random } from '../src/simulator/random.ts';
import { openSqliteHistory, type SqliteHistory } from '../src/store/sqlite/sqlite-history.ts';
import { fullStore, STORED } from './full-store.ts';
import { type Figure, quantile } from './measurement.ts';

const STORIES = 2_000;
const LISTS = 500;
const LIST_LIMIT = 100;

interface ObjectRow {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export async function measure(stored: string): Promise<readonly Figure[]> {
  const { path } = await fullStore(stored);
  const objects = randomObjects(path, STORIES);
  const history = openSqliteHistory({ path });
  try {
    const stories = await timed(history, objects.map(storyOf), { order: 'oldest-first' });
    const namespaces = objects.slice(0, LISTS).map(({ namespace }) => ({ namespaces: [namespace] }));
    const lists = await timed(history, namespaces, { order: 'newest-first', limit: LIST_LIMIT });
    const unit = 'ms';
    return [
      {
        what: `story of one of ${STORIES} random objects, ${STORED} events stored, p50`,
        value: quantile(stories.ms, 0.5),
        unit,
      },
      { what: 'the same, p99', value: quantile(stories.ms, 0.99), unit, target: { atMost: 10 } },
      { what: 'the same, events a story', value: stories.events / STORIES, unit: 'events' },
      { what: `newest ${LIST_LIMIT} of one namespace, p50`, value: quantile(lists.ms, 0.5), unit },
      { what: 'the same, p99', value: quantile(lists.ms, 0.99), unit, target: { atMost: 50 } },
    ];
  } finally {
    await history.close();
  }
}

function storyOf({ kind, namespace, name: objectName }: ObjectRow): EventQuery {
  return { object: { kind, name: objectName, ...(namespace !== '' && { namespace }) } };
}

async function timed(history: SqliteHistory, queries: readonly EventQuery[], options: EventsOptions) {
  const ms: number[] = [];
  let events = 0;
  for (const query of queries) {
    const began = performance.now();
    for await (const _event of history.events(query, options)) events++;
    ms.push(performance.now() - began);
  }
  return { ms, events };
}

function randomObjects(path: string, count: number): readonly ObjectRow[] {
  const db = new Database(path, { readonly: true });
  try {
    const { last = 0 } = db.prepare<[], { last: number }>('select max(id) as last from object').get() ?? {};
    const byId = db.prepare<[number], ObjectRow>(
      `select kind.value as kind, namespace.value as namespace, object.name from object
       join string kind on kind.id = object.kind join string namespace on namespace.id = object.namespace
       where object.id >= ? limit 1`,
    );
    const random = new Random(1);
    return Array.from({ length: count }, () => byId.get(random.int(1, last))).filter((row) => row !== undefined);
  } finally {
    db.close();
  }
}
