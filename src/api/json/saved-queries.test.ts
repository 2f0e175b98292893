import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { servedJson } from '../../../test/helpers/served-json.ts';
import { FileSavedQueries } from '../../store/file-saved-queries.ts';
import { ApiProblem, createClient } from './client.ts';

test('saved queries are kept in a file, by name, until they are deleted', async () => {
  const api = await servedJson();
  await api.commit([{ resourceVersion: 10 }]);
  const client = createClient({ url: `${api.url}/` });
  expect((await client.savedQueries()).data).toEqual([]);
  await client.saveQuery('pods that crash', { q: 'reason:BackOff', from: 'now-24h' });
  await client.saveQuery('a/b', { cel: 'event.count > 3', cluster: ['prod'] });
  await client.saveQuery('a/b', { cel: 'event.count > 4' });
  const savedAt = '2026-01-02T04:00:00.000Z';
  const expected = [
    { name: 'a/b', cel: 'event.count > 4', savedAt },
    { name: 'pods that crash', q: 'reason:BackOff', from: 'now-24h', savedAt },
  ];
  expect((await client.savedQueries()).data).toEqual(expected);
  const path = join(api.directory, 'saved-queries.json');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect((await new FileSavedQueries(path).list()).map(({ name }) => name)).toEqual(['a/b', 'pods that crash']);
  await client.deleteSavedQuery('a/b');
  await expect(client.deleteSavedQuery('a/b')).rejects.toThrow(ApiProblem);
  expect((await client.savedQueries()).data).toEqual(expected.slice(1));
  writeFileSync(path, '{');
  await expect(client.savedQueries()).rejects.toMatchObject({ details: { status: 503, code: 'STORE_DAMAGED' } });
  expect(readFileSync(path, 'utf8')).toBe('{');
});

test('a saved query is one that can be asked', async () => {
  const api = await servedJson();
  const put = (name: string, body: unknown, headers: Record<string, string> = {}) =>
    api.ask(`/saved-queries/${name}`, {
      method: 'PUT',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers,
    });
  expect((await put('x', { q: 'reson:a' })).body).toMatchObject({ status: 400, parameter: 'q' });
  expect((await put('x', { from: 'yesterday' })).body).toMatchObject({ status: 400, parameter: 'from' });
  expect((await put('x', { color: 'red' })).status).toBe(400);
  expect((await put('x', '{')).status).toBe(400);
  expect((await put('x'.repeat(101), {})).status).toBe(400);
  expect((await put('x', { q: 'x'.repeat(70_000) })).status).toBe(413);
  expect((await put('x', {}, { Origin: 'http://localhost:1' })).status).toBe(403);
  expect((await put('x', {}, { 'Sec-Fetch-Site': 'same-site' })).status).toBe(403);
  expect((await put('x', {}, { Origin: api.url })).status).toBe(200);
});
