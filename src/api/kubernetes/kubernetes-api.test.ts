import { renameSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { START } from '../../../test/contract/event-arbitrary.ts';
import { EVENTS, served, versionsOf, watch } from '../../../test/helpers/served-events.ts';
import { EVERYTHING_ALLOWED, type EventsAttempt } from '../access.ts';
import { failure, StatusError } from '../status-error.ts';

test('a store that is not where it was is an error, not what it last held; where it was is told to the log alone', async () => {
  const warnings: unknown[] = [];
  const server = await served({ logger: { warn: (details: object) => void warnings.push(details) } });
  await server.commit([{ resourceVersion: 10 }]);
  const open = await watch(server, 'resourceVersion=10');
  expect((await server.get(EVENTS)).status).toBe(200);
  renameSync(server.path, `${server.path}.moved`);
  const { status, body } = await server.get(EVENTS);
  expect([status, body.message]).toEqual([
    500,
    'Internal error occurred: The store could not be read or written for another reason.',
  ]);
  const error: unknown = expect.stringContaining(`found ${server.path} deleted, moved or replaced`);
  expect(warnings).toContainEqual({ error });
  await vi.waitFor(() => expect(open.wasCut()).toBe(true), 5_000);
  renameSync(`${server.path}.moved`, server.path);
  expect(versionsOf((await server.get(EVENTS)).body)).toEqual(['10']);
});

describe('YAML', () => {
  const asYaml = { Accept: 'application/yaml' };

  test('is what a client gets that takes nothing else, of one event, a list and an error, but of no watch', async () => {
    const server = await served();
    await server.commit([{ resourceVersion: 10, reason: 'A\u0085\u2028\u007f\ufeffé😀' }]);
    const text = async (path: string): Promise<unknown[]> => {
      const answer = await fetch(server.url + path, { headers: asYaml });
      return [answer.status, answer.headers.get('content-type'), parse(await answer.text())];
    };
    const listed = (await server.get(EVENTS)).body;
    const { namespace, name } = { namespace: 'shop', name: listed.items[0]?.metadata.name };
    const one = `/api/v1/namespaces/${namespace}/events/${name}`;
    expect(await text(EVENTS)).toEqual([200, 'application/yaml', listed]);
    expect(await text(`${EVENTS}?limit=1`)).toEqual([200, 'application/yaml', listed]);
    expect(await text(one)).toEqual([200, 'application/yaml', (await server.get(one)).body]);
    expect(await text(`${one}x`)).toEqual([404, 'application/yaml', expect.objectContaining({ reason: 'NotFound' })]);
    expect(await text(`${EVENTS}?watch=1`)).toEqual([406, 'application/yaml', expect.objectContaining({ code: 406 })]);
    const both = await server.get(EVENTS, { Accept: 'application/yaml;q=0.5,application/json' });
    expect(both.headers.get('content-type')).toBe('application/json');
  });

  test('has a replacement character for each surrogate that is alone', async () => {
    const server = await served();
    await server.commit([{ resourceVersion: 10, reason: 'A\ud83d \ude00"\\ud83d😀' }]);
    expect((await server.get(EVENTS)).body.items).toMatchObject([{ reason: 'A\ud83d \ude00"\\ud83d😀' }]);
    const yaml = parse(await (await fetch(server.url + EVENTS, { headers: asYaml })).text());
    expect(yaml.items[0].reason).toBe('A\ufffd \ufffd"\\ud83d😀');
  });
});

describe('the group history.tidings.dev', () => {
  test('serves the same events with the fields of core/v1', async () => {
    const server = await served();
    await server.commit([{ event: 1, resourceVersion: 10, reason: 'BackOff' }]);
    const root = '/apis/history.tidings.dev/v1';
    const core = (await server.get(`${EVENTS}?fieldSelector=involvedObject.kind%3DPod`)).body;
    const list = (await server.get(`${root}/events?fieldSelector=involvedObject.kind%3DPod`)).body;
    expect(list).toEqual({ ...core, apiVersion: 'history.tidings.dev/v1' });
    const name = core.items[0]?.metadata.name;
    const { body } = await server.get(`${root}/namespaces/shop/events/${name}`);
    expect(body).toMatchObject({ apiVersion: 'history.tidings.dev/v1', kind: 'Event', reason: 'BackOff' });
    expect(await (await watch(server, 'resourceVersion=9', `${root}/events`)).brought(1)).toEqual(['ERROR 410']);
    expect((await server.get(`${root}/namespaces/shop/events/none`)).body.message).toBe(
      'events.history.tidings.dev "none" not found',
    );
  });

  test('is discovered, and described, without taking the short name of events', async () => {
    const server = await served();
    const { body } = await server.get('/apis/history.tidings.dev/v1');
    expect(body).toMatchObject({
      kind: 'APIResourceList',
      resources: [{ name: 'events', kind: 'Event', namespaced: true, verbs: ['get', 'list', 'watch'] }],
    });
    expect(JSON.stringify(body)).not.toContain('shortNames');
    expect((await server.get('/apis')).body).toMatchObject({
      groups: [{ name: 'events.k8s.io' }, { name: 'history.tidings.dev' }],
    });
    const Accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
    expect((await server.get('/apis', { Accept })).body).toMatchObject({
      items: [{ metadata: { name: 'events.k8s.io' } }, { metadata: { name: 'history.tidings.dev' } }],
    });
    expect(JSON.stringify((await server.get('/openapi/v3/apis/history.tidings.dev/v1')).body)).toContain(
      'dev.tidings.history.v1.Event',
    );
    expect((await server.get('/apis/history.tidings.dev/v2')).status).toBe(404);
  });
});

describe('an answer', () => {
  test('is decided on before it is given, and shows nothing from before what the caller may see', async () => {
    const attempts: EventsAttempt[] = [];
    const server = await served({
      access: {
        ...EVERYTHING_ALLOWED,
        events: async (attempt) => {
          attempts.push(attempt);
          if (attempt.verb === 'watch') throw new StatusError(failure(403, 'forbidden', { reason: 'Forbidden' }));
          return { notBefore: START + 50_000 };
        },
      },
    });
    await server.commit([
      { event: 1, resourceVersion: 10, second: 0 },
      { event: 2, resourceVersion: 11, second: 60 },
    ]);
    expect(versionsOf((await server.get(`/window/all${EVENTS}`)).body)).toEqual(['11']);
    const name = (event: number) => `web-1.${event.toString(16).padStart(16, '0')}`;
    const path = '/apis/events.k8s.io/v1/namespaces/shop/events';
    expect((await server.get(`${path}/${name(1)}`)).status).toBe(404);
    expect((await server.get(`${path}/${name(2)}`)).status).toBe(200);
    expect((await server.get(`${path}?watch=1`)).status).toBe(403);
    expect(attempts.map(({ verb, group, namespace, name: named }) => [verb, group, namespace, named])).toEqual([
      ['list', '', undefined, undefined],
      ['get', 'events.k8s.io', 'shop', name(1)],
      ['get', 'events.k8s.io', 'shop', name(2)],
      ['watch', 'events.k8s.io', 'shop', undefined],
    ]);
  });

  test('is refused to pages of other sites, and under names that are not of this machine', async () => {
    const server = await served();
    const { port } = new URL(server.url);
    const ask = (headers: Record<string, string>): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const asked = httpRequest({ host: '127.0.0.1', port, path: '/api', headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        asked.on('error', reject);
        asked.end();
      });
    expect(await ask({})).toBe(200);
    expect(await ask({ Host: `localhost:${port}`, Origin: `http://localhost:${port}` })).toBe(200);
    expect(await ask({ Host: 'rebound.example.com' })).toBe(403);
    expect(await ask({ Origin: 'https://example.com' })).toBe(403);
    expect(await ask({ Origin: 'null' })).toBe(403);
  });
});
