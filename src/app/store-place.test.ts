import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/helpers/temporary-directory.ts';
import type { RunConfig } from './run.ts';
import { findStorePlace, placeStore } from './store-place.ts';

const POD = { KUBERNETES_SERVICE_HOST: '10.0.0.1' };

/** A home that cannot be written to: a file is in its way. */
function blocked(): string {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'tidings'), '');
  return directory;
}

describe('findStorePlace', () => {
  test('takes the directory that was named, whatever can be written to', () => {
    const env = { ...POD, TIDINGS_DATA: '/nowhere' };
    expect(findStorePlace({ name: 'tool', env, temporary: [] })).toEqual({ dataDir: '/nowhere', volatile: false });
  });

  test('takes the usual data directory, which a pod loses', () => {
    const home = temporaryDirectory();
    const dataDir = join(home, 'tidings', 'tool');
    const env = { XDG_DATA_HOME: home };
    expect(findStorePlace({ name: 'tool', env, temporary: [] })).toEqual({ dataDir, volatile: false });
    expect(findStorePlace({ name: 'tool', env: { ...env, ...POD }, temporary: [] })).toEqual({
      dataDir,
      volatile: true,
    });
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
  });

  test('takes the first temporary one that it can have for itself, the same each time', () => {
    const [first, second] = [temporaryDirectory(), temporaryDirectory()];
    writeFileSync(join(first, 'tidings-tool'), 'somebody else’s');
    const options = { name: 'tool', env: { XDG_DATA_HOME: blocked() }, temporary: [first, second] };
    const expected = { dataDir: join(second, 'tidings-tool'), volatile: true };
    expect([findStorePlace(options), findStorePlace(options)]).toEqual([expected, expected]);
  });

  test('says where it looked when there is none', () => {
    const options = { name: 'tool', env: { XDG_DATA_HOME: blocked() }, temporary: [join(blocked(), 'tidings')] };
    expect(() => findStorePlace(options)).toThrow(expect.objectContaining({ code: 'STORE_READ_ONLY' }));
  });
});

describe('placeStore', () => {
  const config: RunConfig = {
    dataDir: '/unused',
    clusters: [],
    retention: { ageMs: 7 * 86_400_000, hold: { bytes: 2 ** 60, minFreeSpace: 2 ** 60 } },
    sinks: [],
    routes: [],
    listen: { port: 0 },
    log: { format: 'json', level: 'error' },
  };

  test('keeps little where it does not last, and what is configured elsewhere', () => {
    const env = { XDG_DATA_HOME: temporaryDirectory() };
    expect(placeStore(config, { name: 'tool', env })).toMatchObject({ retention: config.retention, volatile: false });
    const volatile = placeStore(config, { name: 'tool', env: { ...env, ...POD } });
    expect(volatile).toMatchObject({ retention: { ageMs: 3_600_000 }, volatile: true });
    const { bytes, minFreeSpace } = volatile.retention.hold;
    expect(bytes).toBeLessThan(2 ** 60);
    expect(minFreeSpace).toBeLessThan(bytes);
    const short = { ...config, retention: { ...config.retention, ageMs: 60_000 } };
    expect(placeStore(short, { name: 'tool', env: { ...env, ...POD } }).retention.ageMs).toBe(60_000);
  });
});
