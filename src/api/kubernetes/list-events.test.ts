import { describe, expect, test } from 'vitest';
import { revision } from '../../../test/contract/event-arbitrary.ts';
import { EVENTS, HOUR, served, versionsOf, WINDOW, watch } from '../../../test/helpers/served-events.ts';
import type { EventRecord } from '../../core/record.ts';

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
