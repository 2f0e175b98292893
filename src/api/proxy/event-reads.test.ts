import { describe, expect, test, vi } from 'vitest';
import { START } from '../../../test/contract/event-arbitrary.ts';
import { proxiedEvents, THEIRS } from '../../../test/helpers/proxied-events.ts';
import { rawConnection } from '../../../test/helpers/proxied-server.ts';
import { HOUR } from '../../../test/helpers/served-events.ts';
import { FAIR_USE, FairUse } from '../fair-use.ts';

const ALL = '/api/v1/events';
const SHOP = '/api/v1/namespaces/shop/events';

interface List {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly { readonly metadata: { readonly resourceVersion: string } }[];
}

function versions(body: string): string[] {
  return (JSON.parse(body) as List).items.map(({ metadata }) => metadata.resourceVersion);
}

function reasons(metrics: string): string[] {
  return [...metrics.matchAll(/event_reads_passed_total\{reason="(\w+)"\} (\d+)/g)].map(
    ([, reason, count]) => `${reason} ${count}`,
  );
}

function kinds(metrics: string): string[] {
  return [...metrics.matchAll(/requests_total\{kind="(\w+)"\} (\d+)/g)].map(([, kind, count]) => `${kind} ${count}`);
}

describe('a read of events', () => {
  test.each([
    ALL,
    `${SHOP}?limit=500`,
    '/apis/events.k8s.io/v1/events',
    '/apis/events.k8s.io/v1/namespaces/shop/events',
    '/api/v1/watch/events?timeoutSeconds=1',
    `${ALL}?watch=true&timeoutSeconds=1`,
    `${SHOP}/event-10`,
  ])('%s is answered from the history', async (path) => {
    const proxy = await proxiedEvents();
    await proxy.commit([{ event: 10, resourceVersion: 10, namespace: 'shop' }]);
    const [status, body] = await proxy.ask(path.replace('event-10', await nameOf(proxy)));
    expect(status).toBe(200);
    expect(body).toContain('"resourceVersion":"10"');
    expect(proxy.passed()).toEqual([]);
    expect(kinds(await proxy.metrics.registry.metrics())).toEqual(
      expect.arrayContaining([expect.stringMatching(/^answered/)]),
    );
  });

  test.each([
    ['POST', ALL],
    ['HEAD', ALL],
    ['GET', '/api/v1/pods'],
    ['GET', '/api/v1/namespaces/shop/events/a/status'],
    ['GET', '/clusters/prod/api/v1/events'],
    ['GET', '/window/all/api/v1/events'],
    ['GET', '/apis/history.tidings.dev/v1/events'],
    ['GET', '/tidings/v1/events'],
  ])('is not what %s %s is', async (method, path) => {
    const proxy = await proxiedEvents();
    await proxy.commit([{ resourceVersion: 10 }]);
    expect((await proxy.ask(path, { method }))[0]).toBe(200);
    expect(proxy.passed()).toEqual([`${method} ${path}`]);
  });

  test('is none by a path that leads elsewhere', async () => {
    const proxy = await proxiedEvents();
    await proxy.commit([{ resourceVersion: 10 }]);
    for (const path of ['/api/v1/namespaces/%2e%2e/events', '/api/v1/namespaces/../events', '//api/v1/events']) {
      const client = rawConnection(proxy.port, `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
      await vi.waitFor(() => expect(client.text()).toContain(THEIRS));
    }
    expect(proxy.passed()).toHaveLength(3);
  });

  test('is for the API server where the history has not all of it', async () => {
    const watched = new Set(['*']);
    const proxy = await proxiedEvents({ watched: async () => watched });
    expect(await proxy.ask(ALL)).toEqual([200, THEIRS]);
    await proxy.commit([{ resourceVersion: 10, namespace: 'shop' }], { scope: 'shop' });
    expect(await proxy.ask(SHOP)).toEqual([200, THEIRS]);
    watched.add('shop');
    expect(versions((await proxy.ask(SHOP))[1])).toEqual(['10']);
    expect(await proxy.ask('/api/v1/namespaces/other/events')).toEqual([200, THEIRS]);
    expect(await proxy.ask(ALL)).toEqual([200, THEIRS]);
    await proxy.commit([{ resourceVersion: 11, namespace: 'shop' }]);
    expect(versions((await proxy.ask(ALL))[1])).toEqual(['10', '11']);
    watched.clear();
    expect(await proxy.ask(SHOP)).toEqual([200, THEIRS]);
    expect(reasons(await proxy.metrics.registry.metrics())).toEqual(['uncovered 5']);
  });

  test('is for the API server when it cannot be told what is watched, which is said once', async () => {
    const proxy = await proxiedEvents({ watched: () => Promise.reject(new Error('no answer')) });
    await proxy.commit([{ resourceVersion: 10 }]);
    for (let round = 0; round < 2; round++) expect(await proxy.ask(ALL)).toEqual([200, THEIRS]);
    expect(reasons(await proxy.metrics.registry.metrics())).toEqual(['unanswerable 2']);
    expect(proxy.problems).toEqual(['no answer']);
  });

  test('that the API server would refuse is refused by it', async () => {
    const forbidden = { kind: 'Status', message: 'events is forbidden', code: 403 };
    const proxy = await proxiedEvents({
      may: (token, { verb }) => (token === 'nobody' ? undefined : token === 'reader' && verb === 'list'),
      answer: (_, response) => void response.writeHead(403).end(JSON.stringify(forbidden)),
    });
    await proxy.commit([{ resourceVersion: 10 }]);
    const as = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
    expect((await proxy.ask(ALL, as('reader')))[0]).toBe(200);
    for (const token of ['other', 'nobody']) {
      expect(await proxy.ask(ALL, as(token))).toEqual([403, JSON.stringify(forbidden)]);
    }
    expect((await proxy.ask(`${ALL}?watch=1`, as('reader')))[0]).toBe(403);
    expect(reasons(await proxy.metrics.registry.metrics())).toEqual(['refused 3']);
    expect(proxy.server.requests.map(({ headers }) => headers['authorization'])).toEqual([
      'Bearer other',
      'Bearer nobody',
      'Bearer reader',
    ]);
  });

  test('of an event that the history does not have is for the API server, as is what it cannot answer', async () => {
    const proxy = await proxiedEvents();
    await proxy.commit([{ resourceVersion: 10 }]);
    const json = { headers: { accept: 'application/vnd.kubernetes.protobuf' } };
    expect(await proxy.ask(`${SHOP}/none`)).toEqual([200, THEIRS]);
    expect(await proxy.ask(ALL, json)).toEqual([200, THEIRS]);
    expect(await proxy.ask(`${ALL}?fieldSelector=nothing%3Dknown`)).toEqual([200, THEIRS]);
    expect(reasons(await proxy.metrics.registry.metrics())).toEqual(['unknown 1', 'unanswerable 2']);
  });

  test('passed on has none of the header fields of an answer that was not given', async () => {
    const proxy = await proxiedEvents();
    await proxy.commit([{ resourceVersion: 10 }]);
    const response = await fetch(`${proxy.url}${SHOP}/none`);
    expect([response.headers.get('audit-id'), response.headers.get('cache-control')]).toEqual([null, null]);
  });

  test('goes on where it began: here, or at the API server', async () => {
    const proxy = await proxiedEvents({ watched: async () => new Set(['*']) });
    await proxy.commit([10, 11, 12].map((resourceVersion) => ({ resourceVersion, second: resourceVersion })));
    const first = JSON.parse((await proxy.ask(`${ALL}?limit=2`))[1]) as List;
    expect(versions((await proxy.ask(`${ALL}?limit=2&continue=${first.metadata.continue}`))[1])).toEqual(['12']);
    const stale = Buffer.from('{"v":"meta.k8s.io/v1","rv":99,"start":"1.1.1.1"}').toString('base64url');
    expect((await proxy.ask(`${ALL}?continue=${stale}`))[0]).toBe(410);
    expect(proxy.passed()).toEqual([]);
    const theirs = Buffer.from('{"v":"meta.k8s.io/v1","rv":10,"start":"shop/a\\u0000"}').toString('base64url');
    for (const token of [theirs, 'garbage']) expect(await proxy.ask(`${ALL}?continue=${token}`)).toEqual([200, THEIRS]);
  });

  test('that goes on here is to be made again when the API server cannot be asked', async () => {
    let isAsked = true;
    const may = (): boolean => {
      if (isAsked) return true;
      throw new Error('ECONNREFUSED');
    };
    const proxy = await proxiedEvents({ may, validMs: 0 });
    await proxy.commit([{ resourceVersion: 10 }, { resourceVersion: 11 }]);
    const [, page] = await proxy.ask(`${ALL}?limit=1`);
    const { metadata } = JSON.parse(page) as { metadata: { continue: string } };
    isAsked = false;
    const response = await fetch(`${proxy.url}${ALL}?limit=1&continue=${metadata.continue}`);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await response.text()).not.toContain('ECONNREFUSED');
    expect(await proxy.ask(ALL)).toEqual([200, THEIRS]);
    expect(proxy.problems).toEqual(['ECONNREFUSED']);
  });

  test('shows who may read one namespace nothing from before that one was created', async () => {
    const proxy = await proxiedEvents({
      may: (token, attributes) => token === 'everywhere' || 'namespace' in attributes,
      createdAt: (namespace) => (namespace === 'shop' ? START + HOUR : undefined),
    });
    await proxy.commit([
      { resourceVersion: 10, namespace: 'shop', second: 3_000 },
      { resourceVersion: 11, namespace: 'shop', second: 3_600 },
      { resourceVersion: 12, namespace: 'gone', second: 3_600 },
    ]);
    const everywhere = { headers: { authorization: 'Bearer everywhere' } };
    const GONE = '/api/v1/namespaces/gone/events';
    expect(versions((await proxy.ask(SHOP, everywhere))[1])).toEqual(['10', '11']);
    expect(versions((await proxy.ask(GONE, everywhere))[1])).toEqual(['12']);
    expect(versions((await proxy.ask(SHOP))[1])).toEqual(['11']);
    expect(versions((await proxy.ask(GONE))[1])).toEqual([]);
    expect(proxy.passed()).toEqual([]);
  });
});

test('a caller who takes too much is told so, and is nobody else', async () => {
  const fairUse = new FairUse({ ...FAIR_USE, watches: { perCaller: 1, total: 10 } });
  const proxy = await proxiedEvents({ fairUse });
  await proxy.commit([{ resourceVersion: 10 }]);
  const path = `${ALL}?watch=1&resourceVersion=10&timeoutSeconds=1`;
  const as = (token: string) => fetch(proxy.url + path, { headers: { authorization: `Bearer ${token}` } });
  const open = [await as('one'), await as('other')];
  const refused = await as('one');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
  for (const answer of open) expect([answer.status, await answer.text()]).toEqual([200, '']);
  expect(proxy.passed()).toEqual([]);
});

test('a watch ends when the caller may not read any more', async () => {
  let isAllowed = true;
  const proxy = await proxiedEvents({ may: () => isAllowed, validMs: 100 });
  await proxy.commit([{ resourceVersion: 10, namespace: 'shop' }]);
  const watching = await fetch(`${proxy.url}${SHOP}?watch=1&resourceVersion=10`);
  isAllowed = false;
  expect(await watching.text()).toContain('"code":403');
  expect([watching.status, proxy.passed()]).toEqual([200, []]);
  expect(await proxy.ask(SHOP)).toEqual([200, THEIRS]);
});

describe('a version', () => {
  test('that is not reached yet is waited for, for a second', async () => {
    const proxy = await proxiedEvents();
    await proxy.commit([{ resourceVersion: 10 }]);
    const reading = proxy.ask(`${ALL}?resourceVersion=12`);
    await proxy.waits();
    await proxy.commit([{ resourceVersion: 11 }]);
    await proxy.commit([{ resourceVersion: 12 }]);
    expect(versions((await reading)[1])).toEqual(['10', '11', '12']);
    const began = performance.now();
    expect(await proxy.ask(`${ALL}?resourceVersion=13`)).toEqual([200, THEIRS]);
    expect(performance.now() - began).toBeGreaterThan(950);
    expect(await proxy.ask(`${ALL}?watch=1&resourceVersion=13`)).toEqual([200, THEIRS]);
    const metrics = await proxy.metrics.registry.metrics();
    expect([kinds(metrics), reasons(metrics)]).toEqual([['waited 1', 'passed 2'], ['behind 2']]);
  });

  test('of what was written through the proxy is in every read of its namespace', async () => {
    const proxy = await proxiedEvents({
      answer({ method }, response) {
        response.writeHead(method === 'POST' ? 201 : 200, { 'Content-Type': 'application/json' });
        response.end(method === 'GET' ? THEIRS : '{"kind":"Event","metadata":{"resourceVersion":"12"}}');
      },
    });
    await proxy.commit([{ resourceVersion: 10, namespace: 'shop' }]);
    await proxy.ask(SHOP, { method: 'POST', body: '{}' });
    expect(versions((await proxy.ask('/api/v1/namespaces/other/events'))[1])).toEqual([]);
    const reading = proxy.ask(SHOP);
    const readingAll = proxy.ask(ALL);
    await proxy.waits();
    await proxy.commit([{ resourceVersion: 12, namespace: 'shop' }]);
    for (const [, body] of await Promise.all([reading, readingAll])) expect(versions(body)).toEqual(['10', '12']);
    expect(proxy.passed()).toEqual([`POST ${SHOP}`]);
  });

  test('that a write does not tell is asked for, and until it is known reads are for the API server', async () => {
    const asked = Promise.withResolvers<number>();
    const namespaces: string[] = [];
    const proxy = await proxiedEvents({
      answer({ method, target }, response) {
        if (target.endsWith('/none')) return void response.writeHead(404).end('{}');
        response.setHeader('Content-Type', 'application/json');
        // The version of an event that was deleted is the one from before.
        response.end(method === 'GET' ? THEIRS : '{"kind":"Event","metadata":{"resourceVersion":"10"}}');
      },
      newestVersion: (namespace) => {
        namespaces.push(namespace);
        return asked.promise;
      },
    });
    await proxy.commit([{ resourceVersion: 10, namespace: 'shop' }]);
    await proxy.ask(`${SHOP}/none`, { method: 'DELETE' });
    expect(namespaces).toEqual([]);
    await proxy.ask(`${SHOP}/some`, { method: 'DELETE' });
    expect(namespaces).toEqual(['shop']);
    expect(await proxy.ask(SHOP)).toEqual([200, THEIRS]);
    asked.resolve(11);
    await proxy.commit([{ resourceVersion: 11, namespace: 'shop' }]);
    await vi.waitFor(async () => expect(versions((await proxy.ask(SHOP))[1])).toEqual(['10', '11']));
  });
});

/** Of the only event in the namespace. */
async function nameOf(proxy: Awaited<ReturnType<typeof proxiedEvents>>): Promise<string> {
  const { items } = JSON.parse((await proxy.ask(SHOP))[1]) as { items: { metadata: { name: string } }[] };
  return items[0]?.metadata.name ?? '';
}
