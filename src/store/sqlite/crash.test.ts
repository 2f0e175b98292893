import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { hourly } from '../../../test/contract/history-model.ts';
import { temporaryDirectory } from '../../../test/helpers/temporary-directory.ts';
import type { EventRecord } from '../../core/record.ts';
import { openSqliteStore } from './sqlite-store.ts';

const KILLS = 10;
const WRITER = fileURLToPath(import.meta.resolve('../../../test/helpers/crash-writer.ts'));

/** Lets it write until it has acknowledged some commits, then kills it wherever it is by then. */
async function writeAndKill(path: string, commits: number): Promise<number> {
  const child = spawn(process.execPath, [WRITER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let acknowledged = 0;
  let seen = 0;
  for await (const line of createInterface(child.stdout)) {
    acknowledged = Number(line);
    if (++seen === commits) child.kill('SIGKILL');
  }
  expect((await exited)[1]).toBe('SIGKILL');
  return acknowledged;
}

async function readAll(path: string): Promise<{ records: EventRecord[]; position: number; occurrences: number }> {
  const store = openSqliteStore({ path });
  const records: EventRecord[] = [];
  let cursor = await store.beginning();
  for (let left = 1; left > 0; ) {
    const page = await store.read(cursor, { limit: 1_000 });
    left = page.records.length;
    records.push(...page.records);
    cursor = page.cursor;
  }
  const { positions } = await store.register({ name: 'prod' });
  const occurrences = (await hourly(store)).reduce((sum, count) => sum + count.occurrences, 0);
  await store.close();
  return { records, position: Number(positions.get('*')?.resourceVersion), occurrences };
}

test('a store whose writer is killed at any instant holds everything acknowledged, exactly once', {
  timeout: 60_000,
}, async () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'tidings.db');
  for (let kill = 0; kill < KILLS; kill++) {
    const acknowledged = await writeAndKill(path, 1 + Math.floor(Math.random() * 12));
    const { records, position, occurrences } = await readAll(path);
    expect(records.length).toBeGreaterThanOrEqual(acknowledged);
    expect(records.map(({ body }) => body.metadata.resourceVersion)).toEqual(records.map((_, index) => String(index)));
    expect(position).toBe(records.length - 1);
    // Each revision's count is one higher than that of the one before it.
    expect(occurrences).toBe(records.length);
  }
  const db = new Database(path);
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  db.close();
});
