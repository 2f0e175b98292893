import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { revision } from '../../../test/contract/event-arbitrary.ts';
import { hourly } from '../../../test/contract/history-model.ts';
import { batch, open, records, versions } from '../../../test/helpers/stored-records.ts';
import { temporaryDirectory } from '../../../test/helpers/temporary-directory.ts';
import { openForWriting } from './connection.ts';
import { openSqliteHistory } from './sqlite-history.ts';
import { openSqliteStore } from './sqlite-store.ts';

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
