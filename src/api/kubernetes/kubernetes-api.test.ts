import { renameSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { revision, START } from '../../../test/contract/event-arbitrary.ts';
import { EVENTS, HOUR, served, versionsOf, WINDOW, watch } from '../../../test/helpers/served-events.ts';
import type { EventRecord } from '../../core/record.ts';
import { EVERYTHING_ALLOWED, type EventsAttempt } from '../access.ts';
import { failure, StatusError } from './status.ts';

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

function end(event: number, resourceVersion: number): EventRecord {
  return revision({ event, resourceVersion, object: 1, second: 0, count: 1 });
}

describe('a list', () => {
  test('has the latest revision of each event that was last seen within the window, oldest first', async () => {
    const server = await served();
    await server.commit([
      { event: 1, resourceVersion: 10, second: -WINDOW / 1000 },
      { event: 2, resourceVersion: 11, second: 60 },
      { event: 3, resourceVersion: 12, second: 30 },
      { event: 2, resourceVersion: 13, second: 90, count: 2 },
    ]);
    const { status, body } = await server.get(EVENTS);
    expect(status).toBe(200);
    expect(body.metadata.resourceVersion).toBe('13');
    expect(versionsOf(body)).toEqual(['12', '13']);
    expect(versionsOf((await server.get(`/window/2d${EVENTS}`)).body)).toEqual(['10', '12', '13']);
    expect(versionsOf((await server.get(`/window/all${EVENTS}`)).body)).toEqual(['10', '12', '13']);
    expect((await server.get(`/window/long${EVENTS}`)).status).toBe(404);
  });

  test('goes on where it was, in the state it began with, while events are written', async () => {
    const server = await served();
    await server.commit([10, 11, 12, 13, 14].map((resourceVersion) => ({ resourceVersion, second: resourceVersion })));
    const first = (await server.get(`${EVENTS}?limit=2`)).body;
    expect(versionsOf(first)).toEqual(['10', '11']);
    await server.commit([
      { event: 13, resourceVersion: 20, second: 100 },
      { event: 21, resourceVersion: 21, second: 0 },
    ]);
    const second = (await server.get(`${EVENTS}?limit=2&continue=${first.metadata.continue}`)).body;
    expect(versionsOf(second)).toEqual(['12', '13']);
    const third = (await server.get(`${EVENTS}?limit=2&continue=${second.metadata.continue}`)).body;
    expect(versionsOf(third)).toEqual(['14']);
    expect(third.metadata).toEqual({ resourceVersion: '14' });
    expect(versionsOf((await server.get(EVENTS)).body)).toEqual(['21', '10', '11', '12', '14', '20']);
  });

  test('lacks what was deleted, and has an event of the same name alone', async () => {
    const server = await served();
    const named = (event: number, resourceVersion: number, name = 'web-1.same'): EventRecord => {
      const spec = { event, resourceVersion, object: 1, second: event, count: 1 };
      const record = revision(spec, { receivedAt: server.clock.now });
      return { ...record, body: { ...record.body, metadata: { ...record.body.metadata, name } } };
    };
    await server.commit([], { records: [named(1, 10)], position: '10' });
    // The same name again, while the first one has yet to leave the window.
    await server.commit([], { deletions: [named(1, 11)], records: [named(2, 12)], position: '12' });
    expect(versionsOf((await server.get(EVENTS)).body)).toEqual(['12']);
    const [same, exact] = ['/api/v1/namespaces/shop/events/web-1.same', `${EVENTS}?resourceVersionMatch=Exact`];
    expect((await server.get(same)).body.metadata.resourceVersion).toBe('12');
    await server.commit([], { deletions: [named(2, 13)], position: '13' });
    expect((await server.get(EVENTS)).body).toMatchObject({ metadata: { resourceVersion: '13' }, items: [] });
    expect((await server.get(same)).status).toBe(404);
    expect(versionsOf((await server.get(`${exact}&resourceVersion=10`)).body)).toEqual(['10']);
    expect(versionsOf((await server.get(`${exact}&resourceVersion=11`)).body)).toEqual([]);
  });

  test('gives a token to go on with when the one it gets has expired', async () => {
    const server = await served();
    await server.commit([10, 11, 12].map((resourceVersion) => ({ resourceVersion, second: resourceVersion })));
    const { continue: token } = (await server.get(`${EVENTS}?limit=1`)).body.metadata;
    server.clock.now += WINDOW + HOUR;
    expect((await server.get(`${EVENTS}?limit=1&continue=${token}`)).status).toBe(200);
    await server.commit([{ resourceVersion: 20 }]);
    const expired = await server.get(`${EVENTS}?limit=1&continue=${token}`);
    expect(expired.status).toBe(410);
    const rest = await server.get(`${EVENTS}?limit=1&continue=${expired.body.metadata.continue}`);
    expect([rest.status, versionsOf(rest.body)]).toEqual([200, ['20']]);
    expect(
      (
        await server.get(
          `${EVENTS}?continue=${Buffer.from('{"v":"meta.k8s.io/v1","rv":20,"start":"x"}').toString('base64url')}`,
        )
      ).status,
    ).toBe(400);
  });

  test('is as of the version asked for, unless that has expired', async () => {
    const server = await served();
    await server.commit([{ event: 1, resourceVersion: 10, second: 0 }]);
    await server.commit([{ event: 1, resourceVersion: 20, second: 10, count: 2 }]);
    const exact = (version: number) => server.get(`${EVENTS}?resourceVersion=${version}&resourceVersionMatch=Exact`);
    expect(versionsOf((await exact(15)).body)).toEqual(['10']);
    expect((await exact(15)).body.metadata.resourceVersion).toBe('15');
    expect(versionsOf((await exact(20)).body)).toEqual(['20']);
    expect(await exact(9)).toMatchObject({
      status: 410,
      body: { message: 'The resourceVersion for the provided list is too old.' },
    });
    expect((await exact(21)).status).toBe(504);
    server.clock.now += WINDOW + HOUR;
    expect((await exact(15)).status).toBe(410);
  });

  test('is compressed when it is large, for whoever accepts that', async () => {
    const server = await served();
    await server.commit(Array.from({ length: 300 }, (_, index) => ({ resourceVersion: 10 + index, second: index })));
    const compressed = await server.get(EVENTS, { 'Accept-Encoding': 'gzip' });
    expect(compressed.headers.get('content-encoding')).toBe('gzip');
    expect(compressed.body.items).toHaveLength(300);
    const plain = await server.get(`${EVENTS}?pretty=1`, { 'Accept-Encoding': 'identity' });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(plain.body).toEqual(compressed.body);
    const small = await server.get(`${EVENTS}?limit=5`, { 'Accept-Encoding': 'gzip' });
    expect(small.headers.get('content-encoding')).toBeNull();
  });

  test('says that it has to wait until the cluster was listed', async () => {
    const server = await served();
    const before = await server.get(EVENTS);
    expect([before.status, before.headers.get('retry-after')]).toEqual([429, '1']);
    await server.commit([{ resourceVersion: 10 }], { position: '12' });
    expect((await server.get(EVENTS)).body.metadata.resourceVersion).toBe('12');
  });

  test('has all that there is of a store that is filled from a topic, and a watch goes on from there', async () => {
    const server = await served();
    const read = (specs: Parameters<typeof server.commit>[0], cluster: string, next: bigint) =>
      server.commit(specs, { cluster, offset: { topic: 'a', partition: 0, next } });
    await read([{ resourceVersion: 12 }, { resourceVersion: 10 }], 'prod', 2n);
    await read([{ resourceVersion: 900 }], 'test', 3n);
    const { body, headers } = await server.get(EVENTS);
    expect([body.metadata.resourceVersion, versionsOf(body)]).toEqual(['12', ['10', '12']]);
    expect(headers.get('warning')).toContain('events come from a topic');
    expect(versionsOf((await server.get(`/clusters/test${EVENTS}`)).body)).toEqual(['900']);
    const open = await watch(server, 'resourceVersion=12');
    await read([{ resourceVersion: 11 }, { resourceVersion: 13 }], 'prod', 5n);
    expect(await open.brought(1)).toEqual(['ADDED 13']);
    // What came late is in lists alone.
    expect(versionsOf((await server.get(EVENTS)).body)).toEqual(['10', '11', '12', '13']);
  });

  test('ends where the scope that is furthest behind does, and a namespace of its own at its own', async () => {
    const server = await served();
    await server.commit([{ resourceVersion: 10, namespace: 'shop' }], { scope: 'shop' });
    await server.commit([{ resourceVersion: 20, namespace: 'bank' }], { scope: 'bank' });
    const versions = async (path: string) => {
      const { body } = await server.get(path);
      return [body.metadata.resourceVersion, versionsOf(body)];
    };
    expect(await versions(EVENTS)).toEqual(['10', ['10']]);
    expect(await versions('/api/v1/namespaces/bank/events')).toEqual(['20', ['20']]);
    expect(await versions('/api/v1/namespaces/shop/events')).toEqual(['10', ['10']]);
    // Not observed any more: it holds nobody up.
    server.clock.now += 11 * 60_000;
    await server.commit([{ resourceVersion: 30, namespace: 'bank' }], { scope: 'bank' });
    expect(await versions(EVENTS)).toEqual(['30', ['10', '20', '30']]);
  });

  test('keeps what happened before the cluster was rewound, as older than everything', async () => {
    const server = await served();
    await server.commit([{ event: 1, resourceVersion: 900, second: 0 }]);
    await server.commit([{ event: 2, resourceVersion: 500, second: 10 }], { epoch: 2 });
    const { body } = await server.get(EVENTS);
    expect([body.metadata.resourceVersion, versionsOf(body)]).toEqual(['500', ['1', '500']]);
    expect(await (await watch(server, 'resourceVersion=1')).brought(1)).toEqual(['ERROR 410']);
  });

  test('is of the cluster in its path, and of the first one without', async () => {
    const server = await served({ defaultCluster: async () => 'staging' });
    await server.commit([{ resourceVersion: 10 }]);
    await server.commit([{ resourceVersion: 20 }], { cluster: 'staging' });
    expect(versionsOf((await server.get(EVENTS)).body)).toEqual(['20']);
    expect(versionsOf((await server.get(`/clusters/prod${EVENTS}`)).body)).toEqual(['10']);
    expect(versionsOf((await server.get(`/clusters/prod/window/1d${EVENTS}`)).body)).toEqual(['10']);
    expect((await server.get(`/clusters/nobody${EVENTS}`)).status).toBe(404);
    expect((await server.get('/clusters/prod/api/v1')).body.kind).toBe('APIResourceList');
  });
});

describe('a watch', () => {
  test('begins with the state and goes on with what is committed', async () => {
    const server = await served();
    await server.commit([{ event: 1, resourceVersion: 10 }]);
    const open = await watch(server, 'allowWatchBookmarks=true');
    expect(await open.brought(2)).toEqual(['ADDED 10', 'BOOKMARK 10']);
    await server.commit([
      { event: 1, resourceVersion: 11, count: 2 },
      { event: 2, resourceVersion: 12 },
    ]);
    expect(await open.brought(4)).toEqual(['ADDED 10', 'BOOKMARK 10', 'MODIFIED 11', 'ADDED 12']);
  });

  test('resumes from a version, in the order of versions, whatever the order of commits', async () => {
    const server = await served();
    await server.commit([{ event: 1, resourceVersion: 10 }]);
    // A list brings them by name, and its position when it has ended.
    await server.commit(
      [
        { event: 3, resourceVersion: 30 },
        { event: 2, resourceVersion: 20 },
      ],
      { position: '10' },
    );
    const open = await watch(server, 'resourceVersion=10');
    await server.commit([{ event: 1, resourceVersion: 25, count: 2 }], { position: '40' });
    expect(await open.brought(3)).toEqual(['ADDED 20', 'MODIFIED 25', 'ADDED 30']);
  });

  test('sends DELETED for what leaves the window, under the version it has reached', async () => {
    const server = await served();
    await server.commit([
      { event: 1, resourceVersion: 10, second: 0 },
      { event: 2, resourceVersion: 11, second: 60 },
    ]);
    const open = await watch(server, 'resourceVersion=11');
    server.clock.now = START + WINDOW + 30_000;
    expect(await open.brought(1)).toEqual(['DELETED 11']);
    server.clock.now = START + WINDOW + 90_000;
    expect(await open.brought(2)).toEqual(['DELETED 11', 'DELETED 11']);
    await server.commit([{ event: 1, resourceVersion: 12, count: 2 }]);
    expect(await open.brought(3)).toEqual(['DELETED 11', 'DELETED 11', 'ADDED 12']);
  });

  test('sends DELETED first for what left the window while nobody was connected', async () => {
    const server = await served();
    server.clock.now = START;
    await server.commit([{ event: 1, resourceVersion: 10, second: -WINDOW / 1000 + 10 }]);
    await server.commit([{ event: 2, resourceVersion: 11, second: 0 }]);
    server.clock.now = START + 60_000;
    await server.commit([{ event: 3, resourceVersion: 12 }]);
    const open = await watch(server, 'resourceVersion=11');
    expect(await open.brought(2)).toEqual(['DELETED 11', 'ADDED 12']);
  });

  test('has expired when its version was reached before the window began, and something happened since', async () => {
    const server = await served();
    await server.commit([{ event: 1, resourceVersion: 10 }]);
    await server.commit([{ event: 2, resourceVersion: 11 }]);
    expect(await (await watch(server, 'resourceVersion=9')).brought(1)).toEqual(['ERROR 410']);
    server.clock.now += WINDOW + HOUR;
    expect(await (await watch(server, 'resourceVersion=10')).brought(1)).toEqual(['ERROR 410']);
    const last = await watch(server, 'resourceVersion=11');
    await server.commit([{ event: 3, resourceVersion: 20 }]);
    expect(await last.brought(3)).toEqual(['DELETED 11', 'DELETED 11', 'ADDED 20']);
  });

  test('shows what comes to match its selectors as ADDED, and what ceases to as DELETED', async () => {
    const server = await served();
    await server.commit([{ event: 1, resourceVersion: 10, reason: 'Pulled' }]);
    const open = await watch(server, `resourceVersion=10&fieldSelector=${encodeURIComponent('reason=BackOff')}`);
    await server.commit([{ event: 1, resourceVersion: 11, reason: 'BackOff' }]);
    await server.commit([{ event: 1, resourceVersion: 12, reason: 'Pulled' }]);
    await server.commit([{ event: 2, resourceVersion: 13, reason: 'BackOff', namespace: 'bank' }]);
    expect(await open.brought(3)).toEqual(['ADDED 11', 'DELETED 12', 'ADDED 13']);
    const ofShop = await watch(server, 'resourceVersion=10', '/apis/events.k8s.io/v1/namespaces/shop/events');
    expect(await ofShop.brought(2)).toEqual(['MODIFIED 11', 'MODIFIED 12']);
  });

  test('sends DELETED for what somebody deleted, under the version of the delete and in its place', async () => {
    const server = await served();
    await server.commit([
      { event: 1, resourceVersion: 10 },
      { event: 2, resourceVersion: 11, reason: 'Pulled' },
      { event: 3, resourceVersion: 12, second: -WINDOW / 1000 },
    ]);
    const [all, ofReason] = await Promise.all([
      watch(server, 'resourceVersion=12'),
      watch(server, `resourceVersion=12&fieldSelector=${encodeURIComponent('reason=BackOff')}`),
    ]);
    await server.commit([{ event: 4, resourceVersion: 15 }], {
      deletions: [end(2, 16), end(1, 14), end(3, 13)],
      position: '16',
    });
    // The third had left the window before anybody watched.
    expect(await all.brought(3)).toEqual(['DELETED 14', 'ADDED 15', 'DELETED 16']);
    expect(await ofReason.brought(2)).toEqual(['DELETED 14', 'ADDED 15']);
    const again = await watch(server, 'resourceVersion=14');
    expect(await again.brought(2)).toEqual(['ADDED 15', 'DELETED 16']);
  });

  test('is the same for all who watch the same, and its own for those who do not', async () => {
    const server = await served();
    await server.commit([{ event: 1, resourceVersion: 10, second: -WINDOW / 1000 + 3_700 }]);
    const reason = `resourceVersion=10&fieldSelector=${encodeURIComponent('reason=BackOff')}`;
    const open = await Promise.all(
      ['resourceVersion=10', 'resourceVersion=10', reason, reason].map((query) => watch(server, query)),
    );
    const ofBank = await watch(server, 'resourceVersion=10', '/api/v1/namespaces/bank/events');
    await server.commit([
      { event: 2, resourceVersion: 11, reason: 'Pulled' },
      { event: 3, resourceVersion: 12, reason: 'BackOff', namespace: 'bank' },
    ]);
    await Promise.all(open.map((one, index) => one.brought(index < 2 ? 2 : 1)));
    server.clock.now += 101_000;
    const all = ['ADDED 11', 'ADDED 12', 'DELETED 12'];
    const backOff = ['ADDED 12', 'DELETED 12'];
    const brought = await Promise.all(open.map((one, index) => one.brought(index < 2 ? 3 : 2)));
    expect(brought).toEqual([all, all, backOff, backOff]);
    expect(await ofBank.brought(1)).toEqual(['ADDED 12']);
  });

  test('tells the columns of a table once', async () => {
    const server = await served();
    await server.commit([{ resourceVersion: 10 }]);
    const query = 'watch=1&resourceVersion=10&timeoutSeconds=2';
    const asTable = { Accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' };
    const answers = [1, 2].map(() => fetch(`${server.url}${EVENTS}?${query}`, { headers: asTable }));
    await Promise.all(answers);
    await server.commit([{ resourceVersion: 11 }, { resourceVersion: 12 }]);
    for (const answer of answers) {
      const lines = (await (await answer).text()).trimEnd().split('\n');
      const frames = lines.map((line) => JSON.parse(line) as { object: { columnDefinitions: unknown[] | null } });
      expect(frames.map(({ object }) => object.columnDefinitions?.length)).toEqual([10, undefined]);
    }
  });

  test('ends with 410 when the cluster is rewound', async () => {
    const server = await served();
    await server.commit([{ event: 1, resourceVersion: 900 }]);
    const open = await watch(server, 'resourceVersion=900');
    await server.commit([{ event: 2, resourceVersion: 500 }], { epoch: 2 });
    expect(await open.brought(1)).toEqual(['ERROR 410']);
    await vi.waitFor(() => expect(open.hasEnded()).toBe(true));
  });

  test('ends properly after its time, and when the server closes', async () => {
    const server = await served();
    await server.commit([{ event: 1, resourceVersion: 10 }]);
    const short = await watch(server, 'resourceVersion=10&timeoutSeconds=1');
    await vi.waitFor(() => expect(short.hasEnded()).toBe(true), 5_000);
    const long = await watch(server, 'resourceVersion=10');
    await server.api.close();
    await vi.waitFor(() => expect(long.hasEnded()).toBe(true));
  });
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
