import { describe, expect, test } from 'vitest';
import { lackingServers } from '../helpers/require-component.ts';
import { useServer } from '../helpers/server.ts';
import { startElasticsearch } from './elasticsearch.ts';
import { startOpenSearch } from './opensearch.ts';

interface SearchResult {
  readonly hits: { readonly hits: readonly { readonly _id: string; readonly _source: { readonly message: string } }[] };
}

/** Status and result of every item of a bulk request that creates these documents by id. */
async function create(url: string, index: string, documents: Readonly<Record<string, object>>): Promise<unknown> {
  const lines = Object.entries(documents).flatMap(([_id, document]) => [{ create: { _index: index, _id } }, document]);
  const response = await fetch(`${url}/_bulk?refresh=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
  });
  const { items } = (await response.json()) as { items: readonly { create: { status: number } }[] };
  return items.map((item) => item.create.status);
}

async function search(url: string, index: string, query: string): Promise<readonly (readonly [string, string])[]> {
  const response = await fetch(`${url}/${index}/_search?q=${encodeURIComponent(query)}`);
  const { hits } = (await response.json()) as SearchResult;
  return hits.hits.map(({ _id, _source }) => [_id, _source.message]);
}

describe.each([
  ['opensearch', startOpenSearch],
  ['elasticsearch', startElasticsearch],
] as const)('%s', (name, start) => {
  describe.skipIf(lackingServers(name))('when started', () => {
    const server = useServer(start);

    test('keeps what was written through a restart and through a kill', async () => {
      const { url } = server();
      expect(await create(url, 'events', { a: { message: 'pulled image' } })).toEqual([201]);
      expect(await search(url, 'events', 'message:image')).toEqual([['a', 'pulled image']]);

      await server().restart();
      expect(await search(url, 'events', 'message:image')).toEqual([['a', 'pulled image']]);
      expect(await create(url, 'events', { b: { message: 'pushed image' } })).toEqual([201]);

      await server().kill();
      await expect(fetch(url)).rejects.toThrow('fetch failed');
      await server().restart();
      expect(await search(url, 'events', 'message:pushed')).toEqual([['b', 'pushed image']]);
    });

    test('answers each item of a bulk request by itself', async () => {
      const { url } = server();
      const mappings = { properties: { count: { type: 'long' } } };
      const headers = { 'content-type': 'application/json' };
      await fetch(`${url}/items`, { method: 'PUT', headers, body: JSON.stringify({ mappings }) });
      expect(await create(url, 'items', { once: { count: 1 }, wrong: { count: 'many' } })).toEqual([201, 400]);
      expect(await create(url, 'items', { once: { count: 1 }, other: { count: 2 } })).toEqual([409, 201]);
    });

    test('makes a data stream of what is written to a template of one', async () => {
      const { url } = server();
      const template = { index_patterns: ['logs-*'], data_stream: {}, priority: 500 };
      const headers = { 'content-type': 'application/json' };
      await fetch(`${url}/_index_template/logs`, { method: 'PUT', headers, body: JSON.stringify(template) });
      const document = { '@timestamp': new Date().toISOString(), message: 'streamed' };
      expect(await create(url, 'logs-events', { a: document })).toEqual([201]);
      expect(await search(url, 'logs-events', 'message:streamed')).toEqual([['a', 'streamed']]);
    });
  });
});
