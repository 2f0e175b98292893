import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { storeWith } from '../../test/helpers/store-with.ts';
import { temporaryDirectory } from '../../test/helpers/temporary-directory.ts';
import { EVERYTHING_ALLOWED } from '../api/access.ts';
import { FairUse } from '../api/fair-use.ts';
import { listen } from '../api/listener.ts';
import { createLogger } from '../telemetry/log.ts';
import { openKubernetesApi } from './open-kubernetes-api.ts';
import { STORE_FILE } from './store-file.ts';

test('openKubernetesApi goes on with the store that takes the place of the one it served', async () => {
  const dataDir = temporaryDirectory();
  const path = join(dataDir, STORE_FILE);
  await storeWith(path, 10);
  await storeWith(`${path}.next`, 20);
  const logged: string[] = [];
  const destination = { write: (line: string) => void logged.push(line) };
  const logger = createLogger({ format: 'json', level: 'warn', destination });
  const api = openKubernetesApi({ dataDir, windowMs: Number.MAX_SAFE_INTEGER }, logger, {
    access: EVERYTHING_ALLOWED,
    fairUse: new FairUse(),
    local: true,
  });
  const listener = await listen([api.endpoint], { host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    await api.end();
    await listener.close();
    await api.close();
  });
  const ask = (query = ''): Promise<Response> => fetch(`${listener.url}/api/v1/events${query}`);
  const versionOf = async (): Promise<unknown> =>
    ((await (await ask()).json()) as { metadata: { resourceVersion?: string } }).metadata.resourceVersion;
  expect(await versionOf()).toBe('10');
  const watch = await ask('?watch=1&resourceVersion=10');
  renameSync(path, `${path}.away`);
  expect((await ask()).status).toBe(500);
  renameSync(`${path}.away`, path);
  expect(await versionOf()).toBe('10');
  renameSync(`${path}.next`, path);
  expect(await versionOf()).toBe('20');
  // Its clients begin again with what is there now.
  await watch.text().catch(() => '');
  expect(logged.filter((line) => line.includes('the store was replaced'))).toHaveLength(1);
});
