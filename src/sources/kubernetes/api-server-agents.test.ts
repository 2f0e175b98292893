import { writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { get as tlsGet } from 'node:https';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { answerOk, ca, directory, onName, stranger, tlsServer } from '../../../test/helpers/client-servers.ts';
import { httpProxy, httpServer } from '../../../test/helpers/http-server.ts';
import { ApiServerAgents } from './api-server-agents.ts';
import type { ClientConfig } from './client-config.ts';

function configOf(server: string, more: Partial<ClientConfig> = {}): ClientConfig {
  return { server, tls: { insecure: false, ca }, disableCompression: false, auth: { token: 'never sent' }, ...more };
}

async function answer(agents: ApiServerAgents, kind: 'requests' | 'upgrades' = 'requests'): Promise<number> {
  const { [kind]: agent } = await agents.agents();
  const send = agents.url.startsWith('https:') ? tlsGet : get;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  send(agents.url, { agent }, resolve).on('error', reject);
  const message = await promise;
  for await (const _ of message);
  // It is free for the next one only then.
  await turn();
  return message.statusCode ?? 0;
}

test('ApiServerAgents go through the HTTP proxy of the kubeconfig, checking the server by its own name', async () => {
  const proxy = await httpProxy();
  const server = await tlsServer(answerOk, onName);
  const tls = { insecure: false, ca, serverName: 'kubernetes.default' };
  const agents = new ApiServerAgents(configOf(server, { tls, proxyUrl: proxy.origin }));
  expect([await answer(agents), await answer(agents, 'upgrades')]).toEqual([200, 200]);
  expect(proxy.requests.map(({ method }) => method)).toEqual(['CONNECT', 'CONNECT']);
  agents.close();
});

test('ApiServerAgents keep a connection for the next request, and close it in the end', async () => {
  const server = await httpServer();
  const agents = new ApiServerAgents(configOf(server.origin));
  for (let round = 0; round < 3; round++) expect(await answer(agents)).toBe(200);
  expect(server.connections).toBe(1);
  expect(await answer(agents, 'upgrades')).toBe(200);
  expect(server.connections).toBe(2);
  agents.close();
});

test('ApiServerAgents trust another authority when the file was replaced', async () => {
  let now = 0;
  const file = join(directory, 'agents-ca.crt');
  writeFileSync(file, stranger.authority.cert);
  const config = configOf(await tlsServer(answerOk), { tls: { insecure: false, ca: { file } } });
  const agents = new ApiServerAgents(config, () => now);
  await expect(answer(agents)).rejects.toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  writeFileSync(file, ca.data);
  now = 10_000;
  expect(await answer(agents)).toBe(200);
  agents.close();
});

test('ApiServerAgents refuse a proxy they cannot use', () => {
  const config = configOf('https://api.example', { proxyUrl: 'socks5://user:hidden@10.0.0.1' });
  expect(() => new ApiServerAgents(config)).toThrow(
    'pass requests on to https://api.example: found a proxy of socks5://, want http or https',
  );
});
