import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryDirectory } from '../../test/helpers/temporary-directory.ts';
import type { DeliveryAdmin } from '../component/delivery-admin.ts';
import { AppError } from '../core/errors.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import { createLogger } from '../telemetry/log.ts';
import { connectSocket } from './connect-socket.ts';
import { startAdmin } from './start-admin.ts';
import { STORE_FILE } from './store-file.ts';

const LIMIT = process.platform === 'linux' ? 107 : 103;

/** Of a store that is full. */
const admin: Pick<DeliveryAdmin, 'sinks' | 'pause'> = {
  sinks: async () => [],
  pause: async () => {
    throw new AppError('STORE_FULL', 'write /data: full', { hint: 'Make room.' });
  },
};

/** With a socket whose path has so many bytes, some of them in one character. */
function directoryFor(socketBytes: number): string {
  const parent = temporaryDirectory();
  const rest = socketBytes - Buffer.byteLength(join(parent, 'é', 'admin.sock'));
  const directory = join(parent, `é${'x'.repeat(rest)}`);
  mkdirSync(directory);
  return directory;
}

async function started(dataDir: string) {
  const warnings: unknown[] = [];
  const destination = { write: (line: string) => void warnings.push(JSON.parse(line)) };
  const listener = await startAdmin(
    admin as DeliveryAdmin,
    dataDir,
    createLogger({ format: 'json', level: 'warn', destination }),
  );
  onTestFinished(() => listener?.close());
  return { listener, warnings };
}

describe('startAdmin', () => {
  test('listens at the longest path that a socket can have', async () => {
    const dataDir = directoryFor(LIMIT);
    const { listener, warnings } = await started(dataDir);
    expect(listener).toBeDefined();
    expect(statSync(join(dataDir, 'admin.sock')).isSocket()).toBe(true);
    expect(warnings).toEqual([]);
  });

  test('answers in full what went wrong, with the files that only the operator may know', async () => {
    const dataDir = temporaryDirectory();
    await openSqliteStore({ path: join(dataDir, STORE_FILE) }).close();
    const { listener } = await started(dataDir);
    const connected = connectSocket(dataDir);
    const { client } = connected;
    expect((await client.sinks()).data).toEqual([]);
    await expect(client.pauseSink('a')).rejects.toMatchObject({ message: 'write /data: full', hint: 'Make room.' });
    await connected.close();
    await listener?.close();
    expect(existsSync(join(dataDir, 'admin.sock'))).toBe(false);
  });

  test('says in one warning that administration is off at a path that is longer, and why', async () => {
    const dataDir = directoryFor(LIMIT + 1);
    const { listener, warnings } = await started(dataDir);
    expect(listener).toBeUndefined();
    expect(warnings).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(/^administration is off: /),
        error: `listen on ${join(dataDir, 'admin.sock')}: found a path of ${LIMIT + 1} bytes, want at most ${LIMIT}, as long as a socket's can be; choose a shorter --data directory`,
      }),
    ]);
  });
});
