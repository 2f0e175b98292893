import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { revision } from '../../../test/contract/event-arbitrary.ts';
import { openSqliteStore } from './sqlite-store.ts';

const volume = mkdtempSync(join(tmpdir(), 'tidings-volume-'));
const isMounted = mount();

function mount(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', volume], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

afterAll(() => {
  if (isMounted) execFileSync('umount', [volume]);
  rmSync(volume, { recursive: true });
});

function batch(from: number, to: number) {
  const records = Array.from({ length: to - from }, (_, index) => {
    const n = from + index;
    return revision({ event: n, object: n, resourceVersion: n, second: n, count: 1 });
  });
  return { cluster: 'prod', epoch: 1, scope: '*', records, position: String(to - 1) };
}

describe.skipIf(!isMounted)('SqliteStore on a full volume (skipped where no tmpfs can be mounted)', () => {
  test('stands still, answers, and goes on by itself when there is space, with nothing lost', async () => {
    const path = join(volume, 'tidings.db');
    const filler = join(volume, 'filler');
    writeFileSync(filler, Buffer.alloc(5 * 1024 * 1024));
    const store = openSqliteStore({ path });
    let next = 0;
    let failure: unknown;
    while (failure === undefined && next < 100_000) {
      try {
        await store.append([batch(next, next + 1_000)]);
        next += 1_000;
      } catch (error) {
        failure = error;
      }
    }
    expect(failure).toMatchObject({ code: 'STORE_FULL', message: expect.stringContaining(path) });
    await expect(store.append([batch(next, next + 1_000)])).rejects.toMatchObject({ code: 'STORE_FULL' });
    expect((await store.stats()).revisions).toBe(next);

    rmSync(filler);
    expect(await store.append([batch(next, next + 1_000)])).toMatchObject({
      occurrences: Array.from({ length: 1_000 }, () => 1),
    });
    next += 1_000;
    await store.close();

    const again = openSqliteStore({ path });
    const versions: number[] = [];
    for await (const { body } of again.events({}, { order: 'oldest-first', revisions: true })) {
      versions.push(Number(body.metadata.resourceVersion));
    }
    expect(versions).toEqual(Array.from({ length: next }, (_, index) => index));
    expect((await again.register({ name: 'prod' })).positions.get('*')?.resourceVersion).toBe(String(next - 1));
    await again.close();
  });

  test('cannot be opened on a volume without any space, and says so', async () => {
    const filler = join(volume, 'filler');
    rmSync(join(volume, 'tidings.db'), { force: true });
    try {
      writeFileSync(filler, Buffer.alloc(9 * 1024 * 1024));
    } catch {
      // It is full now.
    }
    const path = join(volume, 'new.db');
    expect(() => openSqliteStore({ path })).toThrow(expect.objectContaining({ code: 'STORE_FULL' }));
    rmSync(filler);
    await openSqliteStore({ path }).close();
  });

  test('cannot be opened on a read-only volume, and says so', () => {
    execFileSync('mount', ['-o', 'remount,ro', volume]);
    onTestFinished(() => void execFileSync('mount', ['-o', 'remount,rw', volume]));
    for (const name of ['new.db', 'other.db']) {
      expect(() => openSqliteStore({ path: join(volume, name) })).toThrow(
        expect.objectContaining({ code: 'STORE_READ_ONLY' }),
      );
    }
  });
});
