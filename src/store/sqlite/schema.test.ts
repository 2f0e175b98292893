import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { revision, START } from '../../../test/contract/event-arbitrary.ts';
import { hourly } from '../../../test/contract/history-model.ts';
import { temporaryDirectory } from '../../../test/helpers/temporary-directory.ts';
import type { StoredEvent } from '../../component/history.ts';
import { type EventRecord, eventRecord } from '../../core/record.ts';
import { openForWriting } from './connection.ts';
import { APPLICATION_ID, SCHEMA_VERSION } from './schema.ts';
import { SqliteDeliveryLedger } from './sqlite-delivery-ledger.ts';
import { openSqliteHistory } from './sqlite-history.ts';
import { openSqliteStore } from './sqlite-store.ts';

const VERSIONS = join(import.meta.dirname, 'versions');

/** What every `versions/version-N.sql` holds. */
const RECORDS: readonly EventRecord[] = [
  revision({ event: 1, object: 1, resourceVersion: 10, second: 0, count: 1 }),
  revision({ event: 2, object: 2, resourceVersion: 11, second: 0, count: 1 }),
  revision({ event: 1, object: 1, resourceVersion: 12, second: 4_000, count: 5 }),
  eventRecord(
    {
      metadata: { name: 'odd', uid: 'ODD', resourceVersion: '013', labels: { a: 'b' } },
      involvedObject: {},
      eventTime: '2026-01-02T03:04:05.000006Z',
      note: { of: ['a', 'later', 'version'] },
    },
    { cluster: 'test', epoch: 2, scope: 'shop', receivedAt: START, origin: 'list', news: false },
  ),
];

function newPath(): string {
  const directory = temporaryDirectory();
  return join(directory, 'tidings.db');
}

function ofVersion(version: number): string {
  const path = newPath();
  const db = new Database(path);
  db.exec(readFileSync(join(VERSIONS, `version-${version}.sql`), 'utf8'));
  db.pragma(`application_id = ${APPLICATION_ID}`);
  db.pragma(`user_version = ${version}`);
  db.close();
  return path;
}

function schemaOf(path: string): unknown[] {
  const db = new Database(path);
  const schema = db.prepare('select type, name, sql from sqlite_schema order by name').all();
  db.close();
  return schema;
}

const versions = Array.from({ length: SCHEMA_VERSION }, (_, index) => index + 1);

describe('the schema', () => {
  test('has a store of every version to be tested with', () => {
    expect(globSync('*', { cwd: VERSIONS }).toSorted()).toEqual(versions.map((version) => `version-${version}.sql`));
  });

  test('is the one that version-N.sql of its version has: whoever changes it makes a new version, and a dump of it', async () => {
    const path = newPath();
    await openSqliteStore({ path }).close();
    expect(schemaOf(path)).toEqual(schemaOf(ofVersion(SCHEMA_VERSION)));
  });

  test.each(versions)('of version %i is brought up to date, with everything in it', async (version) => {
    const path = ofVersion(version);
    const store = openSqliteStore({ path });
    const { records } = await store.read(await store.beginning(), { limit: 10 });
    expect(records).toEqual(RECORDS);
    const events: StoredEvent[] = [];
    for await (const event of store.events({}, { order: 'oldest-first' })) events.push(event);
    expect(events.map(({ body, occurrences }) => [body.metadata.resourceVersion, occurrences])).toEqual([
      ['11', 1],
      ['013', 1],
      ['12', 4],
    ]);
    expect(events.map(({ deletedAt }) => deletedAt)).toEqual([
      version < 5 ? undefined : START + 9,
      undefined,
      undefined,
    ]);
    expect(events.map(({ owners }) => owners?.at(-1)?.name)).toEqual([
      undefined,
      undefined,
      version < 8 ? undefined : 'web',
    ]);
    expect((await hourly(store)).map(({ occurrences }) => occurrences)).toEqual([2, 1, 4]);
    const { epoch, positions } = await store.register({ name: 'prod', uid: 'prod-uid' });
    expect([epoch, ...positions]).toEqual([1, ['*', { epoch: 1, resourceVersion: '12', observedUntil: START + 9 }]]);
    expect(await store.acknowledged('sink')).toBe((await store.read(await store.beginning(), { limit: 1 })).cursor);
    const [coverage] = await store.coverage({ from: START, to: START + 10 });
    expect(coverage?.breaks).toEqual([
      { from: START + 2, to: START + 3, cause: 'stopped', healed: true, unknown: 'revisions' },
    ]);
    expect(await store.offsets('events')).toEqual(new Map(version < 3 ? [] : [[2, 40n]]));
    const batch = { cluster: 'prod', epoch: 1, scope: '*', records: RECORDS };
    expect(await store.append([batch])).toMatchObject({ occurrences: [-1, -1, -1, -1] });
    await store.close();
    expect(schemaOf(path)).toEqual(schemaOf(ofVersion(SCHEMA_VERSION)));
  });

  test('of version 2 keeps what deliveries left in it', async () => {
    const connection = openForWriting(ofVersion(2), 1_000);
    onTestFinished(() => connection.close());
    const ledger = new SqliteDeliveryLedger(connection);
    expect(await ledger.paused()).toEqual(new Set(['sink']));
    expect(await ledger.gaps('sink')).toEqual([{ sink: 'sink', records: 3, at: 1_767_323_045_000 }]);
  });

  test('of a newer version is refused, and left as it is', async () => {
    const path = newPath();
    await openSqliteStore({ path }).close();
    const db = new Database(path);
    db.pragma(`user_version = ${SCHEMA_VERSION + 1}`);
    db.close();
    for (const open of [openSqliteStore, openSqliteHistory]) {
      expect(() => open({ path })).toThrow(
        expect.objectContaining({
          code: 'STORE_NEWER',
          message: `open the store ${path}: found schema version ${SCHEMA_VERSION + 1}, want at most ${SCHEMA_VERSION}`,
        }),
      );
    }
  });
});
