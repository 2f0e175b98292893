import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { revision, START } from '../../../test/contract/event-arbitrary.ts';
import { HOURLY, hourly, modelCounts } from '../../../test/contract/history-model.ts';
import { describeLog } from '../../../test/contract/log.contract.ts';
import { batch, open, records, versions } from '../../../test/helpers/stored-records.ts';
import { temporaryDirectory } from '../../../test/helpers/temporary-directory.ts';
import { eventFilter } from '../../component/event-filter.ts';
import type { EventRecord } from '../../core/record.ts';
import { openForReading, openForWriting } from './connection.ts';
import { SqliteEventVersions } from './sqlite-event-versions.ts';
import { openSqliteHistory } from './sqlite-history.ts';
import { openSqliteStore, SqliteStore } from './sqlite-store.ts';

const logs = mkdtempSync(join(tmpdir(), 'tidings-log-'));
afterAll(() => rmSync(logs, { recursive: true }));
describeLog('SqliteStore', async (name) => openSqliteStore({ path: join(logs, `${name}.db`) }));

function uncountedIn(path: string): unknown {
  const { db } = openForReading(path);
  try {
    return db.prepare('select count(*) from event where seq > (select counted_seq from rollup)').pluck().get();
  } finally {
    db.close();
  }
}

describe('SqliteStore', () => {
  test('reports a full volume, keeps what it has, and stores the same batch when there is space', async () => {
    const path = join(temporaryDirectory(), 'tidings.db');
    const connection = openForWriting(path, 0);
    const store = new SqliteStore(connection);
    onTestFinished(() => store.close());
    await store.append([batch(records(0, 500), '499')]);
    const before = await store.stats();
    // Room for a few pages more, so that it fails after it has written some.
    connection.db.pragma(`max_page_count = ${Number(connection.db.pragma('page_count', { simple: true })) + 10}`);
    const next = batch(records(500, 3_000), '2999');
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(store.append([next])).rejects.toMatchObject({
        code: 'STORE_FULL',
        message: expect.stringContaining(path),
      });
      expect(await versions(store)).toHaveLength(500);
      expect((await store.register({ name: 'prod' })).positions.get('*')?.resourceVersion).toBe('499');
    }
    expect(await store.append([batch(records(0, 3))])).toMatchObject({ occurrences: [-1, -1, -1] });
    expect((await store.stats()).revisions).toBe(before.revisions);
    connection.db.pragma('max_page_count = 1000000');
    await store.append([next]);
    expect(await versions(store)).toEqual(records(0, 3_000).map((_, index) => index));
    expect(connection.db.pragma('integrity_check', { simple: true })).toBe('ok');
  });

  test('knows the revisions of an object that has more events than it keeps in memory', async () => {
    const store = open(':memory:');
    const specs = Array.from({ length: 300 }, (_, n) => ({
      event: n,
      object: 1,
      resourceVersion: n,
      second: n,
      count: 2,
    }));
    await store.append([batch(specs.map((spec) => revision(spec)))]);
    const again = await store.append([batch(specs.map((spec) => revision(spec)))]);
    expect(again.occurrences).toEqual(specs.map(() => -1));
    const grown = specs.map((spec) => ({ ...spec, resourceVersion: spec.resourceVersion + 1_000, count: 5 }));
    expect((await store.append([batch(grown.map((spec) => revision(spec)))])).occurrences).toEqual(specs.map(() => 3));
  });

  test('tells objects apart that have one uid', async () => {
    const store = open(':memory:');
    const spec = { object: 1, second: 0, count: 2 };
    // As those of events about nodes, which are the nodes' names.
    const nodes = (['prod', 'test'] as const).flatMap((cluster) =>
      ['Node', 'Pod'].map((kind, index) => (event: number, resourceVersion: number): EventRecord => {
        const record = revision({ ...spec, event: 2 * event + index, resourceVersion, kind }, { cluster });
        const involvedObject = { ...record.body.involvedObject, uid: 'node-1' };
        return { ...record, body: { ...record.body, involvedObject }, subject: involvedObject };
      }),
    );
    for (const version of [1, 2, 3]) {
      const offered = nodes.map((of) => of(1, version));
      const added = version === 1 ? 2 : 0;
      expect((await store.apply(offered)).occurrences).toEqual(offered.map(() => added));
      expect((await store.apply(offered)).occurrences).toEqual(offered.map(() => -1));
    }
  });

  test('keeps the position and all that was observed of scopes whose batches are committed together', async () => {
    const store = open(':memory:');
    const of = (epoch: number, scope: string, position: string, at: number) => {
      return { cluster: 'prod', epoch, scope, records: [], position, observed: { from: at, to: at + 1 } };
    };
    await store.append([of(1, 'a', '10', 0), of(1, 'b', '11', 1), of(1, 'a', '12', 1), of(2, 'b', '5', 5)]);
    await store.append([of(1, 'b', '13', 2)]);
    expect((await store.register({ name: 'prod' })).positions).toEqual(
      new Map([
        ['a', { epoch: 1, resourceVersion: '12', observedUntil: 2 }],
        ['b', { epoch: 2, resourceVersion: '5', observedUntil: 6 }],
      ]),
    );
    const ledger = await store.coverage({ from: 0, to: 10 });
    expect(ledger.map(({ intervals }) => intervals)).toEqual([
      [{ from: 0, to: 2 }],
      [
        { from: 1, to: 3 },
        { from: 5, to: 6 },
      ],
    ]);
  });

  test('waits no longer than it is told for another program that writes, and goes on after it', async () => {
    const path = join(temporaryDirectory(), 'tidings.db');
    const store = openSqliteStore({ path, busyTimeoutMs: 0 });
    onTestFinished(() => store.close());
    const shell = new Database(path);
    shell.exec('begin immediate');
    await expect(store.append([batch(records(0, 1))])).rejects.toMatchObject({ code: 'STORE_LOCKED' });
    shell.exec('rollback');
    shell.close();
    expect(await store.append([batch(records(0, 1))])).toMatchObject({ occurrences: [1] });
  });

  test('gives back the space of what expired, and everything that only it used', async () => {
    const path = join(temporaryDirectory(), 'tidings.db');
    const connection = openForWriting(path, 0);
    const store = new SqliteStore(connection);
    onTestFinished(() => store.close());
    for (let start = 0; start < 29_800; start += 5_000) {
      await store.append([batch(records(start, Math.min(start + 5_000, 29_800)))]);
    }
    // So few that the hourly counts do not have them yet.
    await store.append([batch(records(29_800, 30_000))]);
    // Of events that are stored, and of one that is not.
    const deletions = records(1, 5).map((record) => ({ ...record, receivedAt: START }));
    await store.append([
      {
        ...batch([]),
        deletions: [
          ...deletions,
          revision({ event: 40_000, object: 1, resourceVersion: 40_000, second: 60, count: 1 }),
        ],
      },
    ]);
    connection.db.pragma('wal_checkpoint(truncate)');
    const full = statSync(path).size;
    const before = START + 40 * 86_400_000;
    for (let deleted = 1; deleted > 0; ) {
      deleted = await store.expire({ before, limit: 500 });
    }
    const tables = [
      'event',
      'event_deletion',
      'series',
      'hourly',
      'hourly_class',
      'object',
      'string',
      'shape',
      'template',
      'event_group',
    ];
    const left = tables.map((table) => connection.db.prepare(`select count(*) from ${table}`).pluck().get());
    expect(left).toEqual(tables.map(() => 0));
    connection.db.pragma('wal_checkpoint(truncate)');
    expect(statSync(path).size).toBeLessThan(full / 1.5);
    expect(await store.append([batch(records(1, 3))])).toMatchObject({ occurrences: [1, 1] });
    expect(await versions(store)).toEqual([1, 2]);
    // A place in the log is never given twice.
    expect(await store.end()).toMatch(/-30002$/);
  });

  test('counts what the rollups do not have yet, for itself and for those who only read, and after it was opened again', async () => {
    const path = join(temporaryDirectory(), 'tidings.db');
    const all = records(0, 2_900);
    let store = open(path);
    const requireCounts = async (wanted: readonly EventRecord[]): Promise<void> => {
      const reader = openSqliteHistory({ path });
      for (const history of [store, reader]) {
        expect(await hourly(history)).toEqual(modelCounts(wanted, {}, HOURLY));
        // Hours of few groups are asked for one by one, and those of classes have a table of their own.
        expect(await hourly(history, { reasons: ['BackOff'] })).toEqual(modelCounts(wanted, {}, HOURLY));
        const byClass = ({ type }: { readonly type: string }): string => type;
        const { counts } = await history.counts({}, { by: byClass, byClass });
        expect(counts).toEqual([{ bucket: 0, key: 'Warning', revisions: wanted.length, occurrences: wanted.length }]);
      }
      await reader.close();
    };
    const uncounted: unknown[] = [];
    for (let to = 400; to <= 2_800; to += 400) {
      await store.append([batch(all.slice(to - 400, to))]);
      await requireCounts(all.slice(0, to));
      uncounted.push(uncountedIn(path));
    }
    expect(uncounted).toEqual([400, 800, 0, 400, 800, 0, 400]);
    await store.close();
    store = open(path);
    await requireCounts(all.slice(0, 2_800));
    await store.append([batch(all.slice(2_800))]);
    await requireCounts(all);
    expect(await store.expire({ before: START + 300_000, limit: 1_000 })).toBe(300);
    await requireCounts(all.slice(300));
    expect(uncountedIn(path)).toBe(0);
  });

  test('counts anew what the rollups have already, when a revision comes late', async () => {
    const path = join(temporaryDirectory(), 'tidings.db');
    const store = open(path);
    const late = revision({ event: 5, object: 5, resourceVersion: 10_001, second: 60, count: 3 });
    const last = revision({ event: 5, object: 5, resourceVersion: 10_002, second: 9_000, count: 9 });
    const all = [...records(0, 999), last];
    await store.append([batch(all)]);
    expect(uncountedIn(path)).toBe(0);
    await store.append([batch([late])]);
    const reader = openSqliteHistory({ path });
    onTestFinished(() => reader.close());
    expect(await hourly(reader)).toEqual(modelCounts([...all, late], {}, HOURLY));
  });

  test('counts nothing twice after a commit that failed', async () => {
    const path = join(temporaryDirectory(), 'tidings.db');
    const connection = openForWriting(path, 0);
    const store = new SqliteStore(connection);
    onTestFinished(() => store.close());
    await store.append([batch(records(0, 500))]);
    connection.db.pragma(`max_page_count = ${Number(connection.db.pragma('page_count', { simple: true })) + 10}`);
    await expect(store.append([batch(records(500, 3_000))])).rejects.toMatchObject({ code: 'STORE_FULL' });
    connection.db.pragma('max_page_count = 1000000');
    await store.append([batch(records(500, 600))]);
    expect(await hourly(store)).toEqual(modelCounts(records(0, 600), {}, HOURLY));
    await store.append([batch(records(600, 1_200))]);
    expect(uncountedIn(path)).toBe(0);
    expect(await hourly(store)).toEqual(modelCounts(records(0, 1_200), {}, HOURLY));
  });

  test('keeps no hour of what expired before it was counted', async () => {
    const connection = openForWriting(':memory:', 0);
    const store = new SqliteStore(connection);
    onTestFinished(() => store.close());
    await store.append([batch(records(0, 20))]);
    expect(await store.expire({ before: START + 86_400_000, limit: 100 })).toBe(20);
    const left = ['hourly', 'hourly_class'].map((table) => connection.db.prepare(`select * from ${table}`).all());
    expect(left).toEqual([[], []]);
  });

  test('finds what is rare in hours that are many, whether they are counted or not', async () => {
    const connection = openForWriting(':memory:', 0);
    const store = new SqliteStore(connection);
    onTestFinished(() => store.close());
    const inHour = (hour: number, n: number, reason: string): EventRecord =>
      revision({ event: n, object: n % 50, resourceVersion: n, second: hour * 3_600, count: 1, reason });
    const common = Array.from({ length: 1_500 }, (_, n) => inHour(Math.floor(n / 3), n + 1, 'BackOff'));
    const rare = [0, 199, 200, 201, 450, 620].map((hour, index) => inHour(hour, 2_000 + index, 'Failed'));
    await store.append([batch([...common, ...rare.slice(0, 3)])]);
    await store.append([batch(rare.slice(3))]);
    const found: string[] = [];
    const query = { reasons: ['Failed'] };
    const states = new SqliteEventVersions(connection).at({ cluster: 'prod', resourceVersion: 9_999, query });
    for await (const page of states) found.push(...page.map(({ event }) => event.body.metadata.resourceVersion));
    expect(found).toEqual(rare.map(({ body }) => body.metadata.resourceVersion));
  });

  test('finds every row of the event table by an index', async () => {
    const prepare = vi.spyOn(Database.prototype, 'prepare');
    onTestFinished(() => prepare.mockRestore());
    const connection = openForWriting(':memory:', 0);
    const store = new SqliteStore(connection);
    await store.append([
      batch([...records(0, 40), revision({ event: 1, object: 1, resourceVersion: 90, second: 9_000, count: 4 })]),
    ]);
    const late = revision({ event: 1, object: 1, resourceVersion: 50, second: 60, count: 2 });
    const end = revision({ event: 1, object: 1, resourceVersion: 91, second: 9_000, count: 4 });
    await store.append([{ ...batch([late]), deletions: [end] }]);
    for (const order of ['oldest-first', 'newest-first'] as const) {
      for (const query of [{}, { reasons: ['BackOff'] }, { object: { name: 'web-1' } }, { until: START + 100_000 }]) {
        for await (const _ of store.events(query, { order })) continue;
      }
    }
    await store.index({ limit: 10 });
    for (const by of ['count', 'first'] as const)
      await store.ranked({ object: { name: 'web', owned: true } }, { by, limit: 1 });
    for await (const _ of store.marks({}, {})) continue;
    await store.names({}, { prefix: 'web', limit: 10 });
    await store.names({ filter: eventFilter('event.count > 1') }, { prefix: '', limit: 10 });
    await store.spread(
      (await store.page({ filter: eventFilter('event.message.hasWords("back")') }, { limit: 9 })).events,
      {
        start: START,
        step: 1,
        count: 1,
      },
    );
    const [served, events] = [{ cluster: 'prod', resourceVersion: 90 }, new SqliteEventVersions(connection)];
    for await (const _ of events.at({ ...served, query: { object: { name: 'web-1' } } })) continue;
    for await (const _ of events.changes(served, 10)) continue;
    await events.named(served, { namespace: 'shop', name: 'none' }, START);
    await events.newest(served);
    await store.read(await store.beginning(), { limit: 10 });
    await store.stats();
    await store.expire({ before: START + 70_000, limit: 10 });
    const statements = new Set(prepare.mock.calls.map(([sql]) => sql));
    prepare.mockRestore();
    const onEvents = [...statements].filter((sql) => /\bevent(_deletion)?\b/.test(sql));
    const scans = onEvents.flatMap((sql) => {
      const parameters = Array.from(sql.matchAll(/\?/g), () => 1);
      const plan = connection.db.prepare<unknown[], { detail: string }>(`explain query plan ${sql}`).all(...parameters);
      return plan
        .filter(({ detail }) => /SCAN (e|event|event_deletion|s|series)\b|TEMP B-TREE/.test(detail))
        .map(({ detail }) => `${sql}: ${detail}`);
    });
    expect(scans).toEqual([]);
    expect(onEvents.length).toBeGreaterThan(15);
    // Such a statement would be compiled again for each value.
    expect([...statements].filter((sql) => /order by/.test(sql) && /[^<>]= \?/.test(sql))).toEqual([]);
    await store.close();
  });
});
