import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryDirectory } from '../../test/helpers/temporary-directory.ts';
import { type Endpoint, listenOnSocket } from '../api/listener.ts';
import { adminSocket } from './admin-socket.ts';
import { connectSocket } from './connect-socket.ts';

/** A client of what answers so in the data directory. */
async function answering(answer: Endpoint['answer']) {
  const dataDir = temporaryDirectory();
  const listener = await listenOnSocket([{ serves: () => true, answer }], adminSocket(dataDir));
  const connected = connectSocket(dataDir);
  onTestFinished(async () => {
    await connected.close();
    await listener.close();
  });
  return connected;
}

describe('connectSocket', () => {
  test('says that nothing runs there when it is asked, not before', async () => {
    const dataDir = temporaryDirectory();
    const connected = connectSocket(dataDir);
    await expect(connected.client.sinks()).rejects.toMatchObject({
      code: 'ADMIN_FAILED',
      message: `connect to ${join(dataDir, 'admin.sock')}: no Tidings runs on this data directory`,
      hint: expect.stringContaining('tidings run'),
    });
    await connected.close();
  });

  test('sends what it is asked as to any address', async () => {
    const { client } = await answering(async (request, response) => {
      const { method, url, headers } = request;
      const data = { method, url, host: headers.host, body: await json(request) };
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ data }));
    });
    const asked = { method: 'POST', url: '/tidings/v1/sinks/a%2Fb/seek', host: 'localhost', body: { to: 'now' } };
    expect((await client.seekSink('a/b', { to: 'now' })).data).toEqual(asked);
  });

  test('rejects with what a problem says, and with the status of what is none', async () => {
    const { client } = await answering(async ({ url }, response) => {
      const problem = { title: 'Not Found', status: 404, detail: 'find sink "a"', code: 'SINK_NOT_FOUND', hint: 'b' };
      if (url?.endsWith('pause'))
        response.writeHead(404, { 'Content-Type': 'application/problem+json' }).end(JSON.stringify(problem));
      else response.writeHead(404, { 'Content-Type': 'application/json' }).end('{"error":{"message":"found none"}}');
    });
    await expect(client.pauseSink('a')).rejects.toMatchObject({
      code: 'SINK_NOT_FOUND',
      message: 'find sink "a"',
      hint: 'b',
    });
    await expect(client.sinks()).rejects.toMatchObject({
      code: 'ADMIN_FAILED',
      message: 'ask the Tidings that runs here: found an answer 404',
    });
  });

  test('rejects when an answer ends early, and with the reason when it is to end', async () => {
    const { client } = await answering(async (_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/x-ndjson' }).write('{"done":false}\n');
      if (breaksOff) setImmediate(() => response.destroy());
    });
    let breaksOff = true;
    const broken = client.replay('a', {});
    await broken.next();
    await expect(broken.next()).rejects.toMatchObject({
      code: 'ADMIN_FAILED',
      message: expect.stringContaining('the answer ended early'),
    });
    breaksOff = false;
    const stopping = new AbortController();
    const lines = client.replay('a', {}, { signal: stopping.signal });
    await lines.next();
    stopping.abort(new Error('enough'));
    await expect(lines.next()).rejects.toThrow('enough');
  });

  test('lets go of an answer that is no longer read', async () => {
    const gone = Promise.withResolvers<void>();
    const { client } = await answering(async (_, response) => {
      response.once('close', () => gone.resolve());
      response.writeHead(200, { 'Content-Type': 'application/x-ndjson' }).write('{"done":false}\n');
    });
    for await (const line of client.replay('a', {})) {
      expect(line).toEqual({ done: false });
      break;
    }
    await gone.promise;
  });
});
