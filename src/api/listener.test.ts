import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { type Endpoint, listen } from './listener.ts';

async function listening(answer: Endpoint['answer']): Promise<string> {
  const listener = await listen([{ serves: () => true, answer }], { host: '127.0.0.1', port: 0 });
  onTestFinished(() => listener.close());
  return listener.url;
}

test('listen answers with 500 when an endpoint fails', async () => {
  const url = await listening(async () => {
    throw new Error('disk I/O error');
  });
  const response = await fetch(url);
  expect([response.status, await response.text()]).toEqual([500, 'disk I/O error\n']);
});

test('listen breaks off an answer that fails when it was begun', async () => {
  const url = await listening(async (_, response) => {
    response.write('half of it');
    throw new Error('disk I/O error');
  });
  await expect(fetch(url).then((response) => response.text())).rejects.toThrow('terminated');
});

test('listen takes a long request, and says of one that is too long, or none, what it is', async () => {
  const url = await listening(async (request, response) => void response.end(String(request.url?.length)));
  expect(await (await fetch(`${url}/?q=${'a'.repeat(30_000)}`)).text()).toBe('30004');
  const long = await fetch(`${url}/?q=${'a'.repeat(70_000)}`);
  expect([long.status, long.headers.get('content-type'), await long.json()]).toEqual([
    431,
    'application/problem+json',
    expect.objectContaining({ status: 431, detail: 'found a request line and headers of more than 65536 bytes' }),
  ]);
  const none = connect(Number(new URL(url).port), '127.0.0.1').end('nonsense\r\n\r\n');
  expect(await text(none)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n[^]*"detail":"found no HTTP request"/);
});
