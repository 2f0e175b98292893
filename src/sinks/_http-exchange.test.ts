import { getEventListeners } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { type HttpScript, httpProxy, httpServer } from '../../test/helpers/http-server.ts';
import { type Dispatcher, Pool, ProxyAgent } from '../util/undici.ts';
import { addressOf, type Exchange, exchange } from './_http-exchange.ts';

function start(
  url: string,
  dispatcher: Dispatcher,
  options: Partial<Exchange> = {},
  controller = new AbortController(),
) {
  onTestFinished(() => dispatcher.destroy());
  const wanted = { method: 'GET', headers: {}, timeoutMs: 30_000, answerBytes: () => 10, ...options };
  const received = exchange(dispatcher, { address: addressOf(new URL(url)), ...wanted }, controller.signal);
  return { received, controller, listeners: () => getEventListeners(controller.signal, 'abort') };
}

const hang: HttpScript = () => {};

test('an answer is had up to the bytes that are wanted, and leaves no listener behind', async () => {
  const { origin, requests } = await httpServer((_, response) => void response.writeHead(418).end('a longer answer'));
  const { received, listeners } = start(`${origin}/path?query=1`, new Pool(origin));
  expect(await received).toMatchObject({ status: 418, body: 'a longer a', end: 'cut' });
  expect(listeners()).toEqual([]);
  expect(requests.map(({ target }) => target)).toEqual(['/path?query=1']);
});

test('what takes longer than it may ends, and leaves no listener behind', async () => {
  const { origin } = await httpServer(hang);
  const { received, listeners } = start(origin, new Pool(origin), { timeoutMs: 50 });
  await expect(received).rejects.toMatchObject({ name: 'TimeoutError', message: 'no answer within 0.05 s' });
  expect(listeners()).toEqual([]);
});

test('what waits for a connection is never sent once it was aborted', async () => {
  const { promise, resolve } = Promise.withResolvers<() => void>();
  const server = await httpServer((_, response) => resolve(() => void response.end()));
  const pool = new Pool(server.origin, { connections: 1, pipelining: 1 });
  const first = start(`${server.origin}/first`, pool);
  const answer = await promise;
  const second = start(`${server.origin}/second`, pool);
  second.controller.abort(new Error('stopping'));
  await expect(second.received).rejects.toThrow('stopping');
  const third = start(`${server.origin}/third`, pool);
  server.script = (_, response) => void response.end();
  answer();
  expect(await Promise.all([first.received, third.received])).toMatchObject([{ status: 200 }, { status: 200 }]);
  expect(server.requests.map(({ target }) => target)).toEqual(['/first', '/third']);
});

test('what was aborted before is not sent', async () => {
  const { origin, requests } = await httpServer();
  const controller = new AbortController();
  controller.abort(new Error('stopping'));
  const { received, listeners } = start(origin, new Pool(origin), {}, controller);
  await expect(received).rejects.toThrow('stopping');
  expect(listeners()).toEqual([]);
  expect(requests).toEqual([]);
});

test('what a proxy cannot be given fails, and leaves no listener behind', async () => {
  const dispatcher = new ProxyAgent({ uri: (await httpProxy()).origin });
  const headers = { 'proxy-authorization': 'hidden' };
  const { received, listeners } = start((await httpServer()).origin, dispatcher, { headers });
  await expect(received).rejects.toThrow('Proxy-Authorization');
  expect(listeners()).toEqual([]);
});
