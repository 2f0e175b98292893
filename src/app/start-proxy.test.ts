import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { httpServer } from '../../test/helpers/http-server.ts';
import { storeWith } from '../../test/helpers/store-with.ts';
import { temporaryDirectory } from '../../test/helpers/temporary-directory.ts';
import type { ScopeStatus } from '../component/source.ts';
import { ApiServerAgents } from '../sources/kubernetes/api-server-agents.ts';
import { createLogger } from '../telemetry/log.ts';
import { startProxy } from './start-proxy.ts';
import { STORE_FILE } from './store-file.ts';

const logger = createLogger({ format: 'json', level: 'error', destination: { write: () => {} } });

/** An API server that lets everybody do everything, and the settings of a proxy in front of it. */
async function proxied(port = 0) {
  const dataDir = temporaryDirectory();
  const path = join(dataDir, STORE_FILE);
  await storeWith(path, 10);
  const server = await httpServer(({ method }, response) => {
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(method === 'POST' ? { status: { allowed: true } } : { kind: 'PassedThrough' }));
  });
  const settings = {
    proxy: { listen: { host: '127.0.0.1', port } },
    clusters: [{ name: 'prod', server: server.origin }],
    dataDir,
    windowMs: Number.MAX_SAFE_INTEGER,
  };
  const scope: ScopeStatus = { cluster: 'prod', scope: '*', state: 'watching', lastContact: Date.now() };
  const start = () => startProxy(settings, async () => [scope], logger);
  return { path, start };
}

test('startProxy goes on with the store that takes the place of the one it answered from', async () => {
  const { path, start } = await proxied();
  await storeWith(`${path}.next`, 20);
  const proxy = await start();
  onTestFinished(() => proxy.close());
  const ask = async (): Promise<unknown> => {
    const { kind, metadata } = (await (await fetch(`${proxy.url}/api/v1/events`)).json()) as {
      kind: string;
      metadata?: { resourceVersion: string };
    };
    return metadata?.resourceVersion ?? kind;
  };
  expect(await ask()).toBe('10');
  renameSync(path, `${path}.away`);
  expect(await ask()).toBe('PassedThrough');
  renameSync(`${path}.next`, path);
  expect(await ask()).toBe('20');
});

test('startProxy closes its connections to the API server when its address is taken', async () => {
  const taken = await httpServer();
  const { start } = await proxied(Number(new URL(taken.origin).port));
  const closed = vi.spyOn(ApiServerAgents.prototype, 'close');
  onTestFinished(() => closed.mockRestore());
  await expect(start()).rejects.toMatchObject({ code: 'LISTEN_FAILED' });
  expect(closed).toHaveBeenCalledTimes(1);
});
