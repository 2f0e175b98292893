import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { revision, START } from '../../../test/contract/event-arbitrary.ts';
import { hourly } from '../../../test/contract/history-model.ts';
import { describeLog } from '../../../test/contract/log.contract.ts';
import { temporaryDirectory } from '../../../test/helpers/temporary-directory.ts';
import { eventFilter } from '../../component/event-filter.ts';
import type { EventRecord } from '../../core/record.ts';
import { openForWriting } from './connection.ts';
import { SqliteEventVersions } from './sqlite-event-versions.ts';
import { openSqliteHistory } from './sqlite-history.ts';
import { openSqliteStore, SqliteStore } from './sqlite-store.ts';

function open(path: string): SqliteStore {
  const store = openSqliteStore({ path });
  onTestFinished(() => store.close());
  return store;
}

function records(from: number, to: number): EventRecord[] {
  return Array.from({ length: to - from }, (_, index) => {
    const n = from + index;
    return revision({ event: n, object: n % 50, resourceVersion: n, second: n, count: 1 });
  });
}

function batch(of: readonly EventRecord[], position?: string) {
  return { cluster: 'prod', epoch: 1, scope: '*', records: of, ...(position !== undefined && { position }) };
}

async function versions(history: Pick<SqliteStore, 'events'>): Promise<number[]> {
  const found: number[] = [];
  for await (const { body } of history.events({}, { order: 'oldest-first', revisions: true })) {
    found.push(Number(body.metadata.resourceVersion));
  }
  return found;
}

const logs = mkdtempSync(join(tmpdir(), 'tidings-log-'));
afterAll(() => rmSync(logs, { recursive: true }));
describeLog('SqliteStore', async (name) => openSqliteStore({ path: join(logs, `${name}.db`) }));

describe('openSqliteStore', () => {
  test('makes the directory and the file for this user alone', async () => {
    const path = join(temporaryDirectory(), 'data', 'tidings.db');
    await open(path).append([batch(records(0, 1))]);
    const mode = (file: string) => (statSync(file).mode & 0o777).toString(8);
    expect(mode(join(path, '..'))).toBe('700');
    expect(['', '-wal', '-shm', '.lock'].map((suffix) => mode(path + suffix))).toEqual(['600', '600', '600', '600']);
  });

  test.each(['', '-wal', '.lock'])('writes nothing while its file%s is not where it was', async (suffix) => {
    const path = join(temporaryDirectory(), 'tidings.db');
    const store = open(path);
    await store.append([batch(records(0, 1))]);
    await store.append([batch(records(1, 2))]);
    const file = path + suffix;
    renameSync(file, `${file}.moved`);
    const refused = {
      code: 'STORE_FAILED',
      message: expect.stringContaining(`found ${file} deleted, moved or replaced`),
    };
    await expect(store.append([batch(records(2, 3))])).rejects.toMatchObject(refused);
    writeFileSync(file, '');
    await expect(store.append([batch(records(2, 3))])).rejects.toMatchObject(refused);
    renameSync(`${file}.moved`, file);
    await store.append([batch(records(2, 3))]);
    expect(await versions(store)).toEqual([0, 1, 2]);
  });

  test('syncs every commit and gives space back in steps', () => {
    const connection = openForWriting(join(temporaryDirectory(), 'tidings.db'), 0);
    const settings = ['synchronous', 'journal_mode', 'auto_vacuum'].map((name) =>
      connection.db.pragma(name, { simple: true }),
    );
    expect(settings).toEqual([2, 'wal', 2]);
    connection.close();
  });

  test('refuses a second writer, by whatever path, until the first one has closed', async () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'tidings.db');
    const first = openSqliteStore({ path });
    symlinkSync(path, join(directory, 'link.db'));
    for (const each of [path, join(directory, 'link.db')]) {
      expect(() => openSqliteStore({ path: each })).toThrow(
        expect.objectContaining({ code: 'STORE_LOCKED', message: expect.stringContaining(`${path}.lock`) }),
      );
    }
    await first.close();
    open(path);
  });

  test.each([
    ['a text file', async (path: string) => writeFileSync(path, 'kind: Config\n'.repeat(2_000))],
    ['bytes that are no database', async (path: string) => writeFileSync(path, Buffer.alloc(9_000, 'q7'))],
    [
      'the database of another program',
      async (path: string) => void new Database(path).exec('create table t (x)').close(),
    ],
    [
      'a file that was cut off',
      async (path: string) => {
        const store = openSqliteStore({ path });
        await store.append([batch(records(0, 2_000))]);
        await store.close();
        truncateSync(path, 3 * 4096 + 100);
      },
    ],
  ])('names %s as damaged', async (_, write) => {
    const path = join(temporaryDirectory(), 'tidings.db');
    await write(path);
    for (const openIt of [openSqliteStore, openSqliteHistory]) {
      expect(() => openIt({ path })).toThrow(
        expect.objectContaining({ code: 'STORE_DAMAGED', message: expect.stringContaining(path) }),
      );
    }
  });

  test('reports damage in the middle of the file when it comes to it, not as an event', async () => {
    const path = join(temporaryDirectory(), 'tidings.db');
    const store = openSqliteStore({ path });
    await store.append([batch(records(0, 3_000))]);
    await store.close();
    const bytes = readFileSync(path);
    bytes.fill(0xa5, bytes.length / 2);
    writeFileSync(path, bytes);
    await expect(versions(open(path))).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
  });

  // Root may write anywhere.
  test.skipIf(process.getuid?.() === 0)('names a directory that cannot be written to', () => {
    const directory = temporaryDirectory();
    chmodSync(directory, 0o500);
    expect(() => openSqliteStore({ path: join(directory, 'tidings.db') })).toThrow(
      expect.objectContaining({ code: 'STORE_READ_ONLY' }),
    );
  });

  test.skipIf(!existsSync('/proc/self'))('names a directory that cannot be made', () => {
    const path = '/proc/tidings/store/tidings.db';
    expect(() => openSqliteStore({ path })).toThrow(
      expect.objectContaining({ code: 'STORE_FAILED', message: expect.stringContaining(path) }),
    );
  });

  test('names a path that cannot be a file', () => {
    const path = join(temporaryDirectory(), 'tidings.db');
    mkdirSync(path);
    expect(() => openSqliteStore({ path })).toThrow(
      expect.objectContaining({ code: 'STORE_FAILED', message: expect.stringContaining(path) }),
    );
  });
});

describe('openSqliteHistory', () => {
  test('says that the file it follows is not where it was', () => {
    const path = join(temporaryDirectory(), 'tidings.db');
    open(path);
    const history = openSqliteHistory({ path });
    onTestFinished(() => history.close());
    const version = history.dataVersion();
    renameSync(path, `${path}.moved`);
    expect(() => history.dataVersion()).toThrow(
      expect.objectContaining({
        code: 'STORE_FAILED',
        message: `follow the store: found ${path} deleted, moved or replaced, want the file that was opened`,
      }),
    );
    renameSync(`${path}.moved`, path);
    expect(history.dataVersion()).toBe(version);
  });

  test('reads while the writer writes, and notices', async () => {
    const path = join(temporaryDirectory(), 'tidings.db');
    const store = open(path);
    const history = openSqliteHistory({ path });
    onTestFinished(() => history.close());
    const cursor = await history.end();
    const version = history.dataVersion();
    await store.append([batch(records(0, 700))]);
    expect(history.dataVersion()).not.toBe(version);
    expect(history.dataVersion()).toBe(history.dataVersion());
    expect((await history.read(cursor, { limit: 1_000 })).records).toEqual(records(0, 700));
    expect(await versions(history)).toHaveLength(700);
    await store.append([
      batch([revision({ event: 9_999, object: 99, resourceVersion: 9_999, second: 1, count: 1, reason: 'New' })]),
    ]);
    expect((await hourly(history, { reasons: ['New'] })).map(({ revisions }) => revisions)).toEqual([1]);
    expect(await history.stats()).toEqual(await store.stats());
  });

  test('says when there is no store', () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'empty.db'), '');
    for (const name of ['none.db', 'empty.db']) {
      expect(() => openSqliteHistory({ path: join(directory, name) })).toThrow(
        expect.objectContaining({ code: 'STORE_NOT_FOUND' }),
      );
    }
    expect(existsSync(join(directory, 'none.db'))).toBe(false);
  });
});

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
    for (let start = 0; start < 30_000; start += 5_000) await store.append([batch(records(start, start + 5_000))]);
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
