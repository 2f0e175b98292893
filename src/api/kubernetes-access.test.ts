import type { IncomingMessage } from 'node:http';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { START } from '../../test/contract/event-arbitrary.ts';
import { type ReviewingServer, reviewingServer } from '../../test/helpers/reviewing-server.ts';
import { EVENTS, served, versionsOf, watch } from '../../test/helpers/served-events.ts';
import { createAccessReviews } from '../sources/kubernetes/access-reviews.ts';
import { createClient } from '../sources/kubernetes/client.ts';
import { plainConfig } from '../sources/kubernetes/kubeconfig.ts';
import { kubernetesAccess } from './kubernetes-access.ts';

const ANN = { Authorization: 'Bearer of-ann' };
const SHOP = '/api/v1/namespaces/shop/events';

/** Events of two namespaces, and an API server that knows Ann. */
async function guardedEvents() {
  const prod = await reviewingServer();
  const staging = await reviewingServer();
  prod.tokens.set('of-ann', { username: 'ann', groups: ['dev', 'system:authenticated'] });
  const clock = { now: 0 };
  const warnings: unknown[] = [];
  const reviews = [prod, staging].map(({ url }) =>
    createAccessReviews(createClient(plainConfig(url)), () => clock.now),
  );
  onTestFinished(async () => {
    await Promise.all(reviews.map((each) => each.close()));
  });
  const clusters = new Map(
    ['prod', 'staging'].flatMap((name, index) => (reviews[index] ? [[name, reviews[index]]] : [])),
  );
  const access = kubernetesAccess({ clusters, logger: { warn: (fields: unknown) => warnings.push(fields) } });
  const events = await served({ access });
  await events.commit([
    { event: 1, resourceVersion: 10, second: 0, namespace: 'shop' },
    { event: 2, resourceVersion: 11, second: 60, namespace: 'shop' },
    { event: 3, resourceVersion: 12, second: 60, namespace: 'bank' },
  ]);
  const get = async (path: string, headers: Record<string, string> = ANN) => {
    const { status, body } = await events.get(path, headers);
    return { status, message: body.message, versions: body.items && versionsOf(body) };
  };
  return { access, prod, staging, clock, warnings, events, get };
}

const everywhere: ReviewingServer['allows'] = ({ user }) => user === 'ann';
const inShop: ReviewingServer['allows'] = ({ user, resourceAttributes }) =>
  user === 'ann' && resourceAttributes?.['namespace'] === 'shop';
const isoOf = (second: number): string => new Date(START + second * 1_000).toISOString();

describe('a caller', () => {
  test('without credentials, or with those of nobody, is refused before anything else is said', async () => {
    const { get, prod } = await guardedEvents();
    prod.allows = everywhere;
    const documents = ['/version', '/openapi/v2', '/api', '/apis/none'];
    for (const path of [...documents, EVENTS, `${EVENTS}?limit=x`, `/clusters/none${EVENTS}`]) {
      expect(await get(path, {})).toMatchObject({ status: 401, message: 'Unauthorized' });
      expect(await get(path, { Authorization: 'Bearer of-nobody' })).toMatchObject({ status: 401 });
      expect(await get(path, { Authorization: 'Basic YW5uOmE=' })).toMatchObject({ status: 401 });
      expect(await get(path, { 'X-Remote-User': 'ann' })).toMatchObject({ status: 401 });
    }
  });

  test('may what the API server says, and is told the rest in its words', async () => {
    const { get, prod } = await guardedEvents();
    prod.namespaces.set('shop', isoOf(-60));
    prod.allows = inShop;
    expect(await get(SHOP)).toEqual({ status: 200, message: undefined, versions: ['10', '11'] });
    expect(await get(EVENTS)).toMatchObject({
      status: 403,
      message: 'events is forbidden: User "ann" cannot list resource "events" in API group "" at the cluster scope',
    });
    expect(await get('/apis/events.k8s.io/v1/namespaces/bank/events/web.1')).toMatchObject({
      status: 403,
      message:
        'events.events.k8s.io "web.1" is forbidden: User "ann" cannot get resource "events" in API group "events.k8s.io" in the namespace "bank"',
    });
    // Whether the rest of the question makes sense is not for her to know.
    expect(await get(`${EVENTS}?fieldSelector=nothing%3D1`)).toMatchObject({ status: 403 });
    expect(await get(`${SHOP}?fieldSelector=nothing%3D1`)).toMatchObject({ status: 400 });
    expect(await get('/version')).toMatchObject({
      status: 403,
      message: 'forbidden: User "ann" cannot get path "/version"',
    });
  });

  test('is asked for with everything that RBAC may name', async () => {
    const { get, prod, events } = await guardedEvents();
    const seen: unknown[] = [];
    prod.allows = ({ resourceAttributes: { namespace = '', verb = '', name = '' } = {} }) => {
      seen.push([verb, namespace, name]);
      return true;
    };
    await get(`${SHOP}?fieldSelector=metadata.name%3Dweb.1`);
    await get('/api/v1/watch/namespaces/shop/events/web.2?timeoutSeconds=1');
    const writes = [
      ['POST', SHOP],
      ['DELETE', SHOP],
      ['PATCH', `${SHOP}/web.3`],
    ];
    for (const [method, path] of writes) {
      const { status } = await fetch(`${events.url}${path}`, { method: method ?? '', headers: ANN });
      expect(status).toBe(405);
    }
    expect(seen.filter((item) => (item as string[])[1] === 'shop')).toEqual([
      ['list', 'shop', 'web.1'],
      ['watch', 'shop', 'web.2'],
      ['create', 'shop', ''],
      ['deletecollection', 'shop', ''],
      ['patch', 'shop', 'web.3'],
    ]);
  });

  test('of one cluster is nobody in another, and does not learn which there are', async () => {
    const { get, prod, staging } = await guardedEvents();
    prod.allows = everywhere;
    staging.allows = everywhere;
    expect(await get(`/clusters/staging${EVENTS}`)).toMatchObject({ status: 401 });
    expect(await get(`/clusters/prod${EVENTS}`)).toMatchObject({ status: 200 });
    expect(await get(`/clusters/none${EVENTS}`)).toMatchObject({ status: 404 });
    expect(await get('/clusters/none/api')).toMatchObject({ status: 404 });
  });

  test('cannot act as somebody else', async () => {
    const { get, prod } = await guardedEvents();
    prod.allows = everywhere;
    expect(await get(EVENTS, { ...ANN, 'Impersonate-User': 'bob' })).toMatchObject({ status: 403 });
  });

  test('is refused when the API server cannot be asked, once what it has said is too old', async () => {
    const { get, prod, clock, warnings } = await guardedEvents();
    prod.allows = everywhere;
    expect(await get(EVENTS)).toMatchObject({ status: 200 });
    prod.isBroken = true;
    clock.now = 9_999;
    expect(await get(EVENTS)).toMatchObject({ status: 200 });
    expect(warnings).toEqual([]);
    clock.now = 10_000;
    const { status, message } = await get(EVENTS);
    expect([status, message]).toEqual([503, 'the server is currently unable to handle the request']);
    expect(JSON.stringify(warnings)).toContain('tokenreviews');
    expect(JSON.stringify(warnings)).not.toContain('of-ann');
  });
});

test('kubernetesAccess tells callers apart by name and cluster, whatever address they come from', async () => {
  const { access, prod, staging } = await guardedEvents();
  const sightOf = (cluster: string) =>
    access.events({ cluster, verb: 'list', group: '' }, {
      headers: { authorization: 'Bearer of-ann' },
      socket: {},
    } as IncomingMessage);
  prod.allows = everywhere;
  staging.allows = everywhere;
  staging.tokens.set('of-ann', { username: 'ann' });
  const callers = [await sightOf('prod'), await sightOf('staging')].map(({ caller }) => caller);
  expect(callers).toEqual(['ann prod', 'ann staging']);
});

describe('the past of a namespace', () => {
  test('begins with the namespace, but for those who may read everywhere', async () => {
    const { get, prod, clock } = await guardedEvents();
    prod.namespaces.set('shop', isoOf(30));
    prod.allows = inShop;
    expect(await get(SHOP)).toMatchObject({ versions: ['11'] });
    expect(await get(`/window/all${SHOP}`)).toMatchObject({ versions: ['11'] });
    const pages = await get(`${SHOP}?limit=1`);
    expect(pages).toMatchObject({ versions: ['11'] });
    prod.allows = everywhere;
    clock.now = 10_000;
    expect(await get(SHOP)).toMatchObject({ versions: ['10', '11'] });
  });

  test('is empty when the namespace is gone, as it would be at the API server', async () => {
    const { get, prod } = await guardedEvents();
    prod.allows = inShop;
    expect(await get(SHOP)).toEqual({ status: 200, message: undefined, versions: [] });
    expect(await get(`/window/all${SHOP}`)).toMatchObject({ versions: [] });
    expect(await get(`${SHOP}/web-1.${'1'.padStart(16, '0')}`)).toMatchObject({ status: 404 });
  });

  test('does not make a version expire that was served, for what happens elsewhere', async () => {
    const { events, prod } = await guardedEvents();
    prod.namespaces.set('shop', new Date(events.clock.now + 60_000).toISOString());
    prod.allows = inShop;
    const open = async () => watch(events, 'resourceVersion=12', SHOP, ANN);
    await events.commit([{ event: 6, resourceVersion: 30, namespace: 'bank' }]);
    events.clock.now += 120_000;
    const late = await open();
    await events.commit([{ event: 7, resourceVersion: 31, namespace: 'shop' }]);
    expect(await late.brought(1)).toEqual(['ADDED 31']);
  });

  test('is not told to a namespaced reader by the token of a list that somebody else began', async () => {
    const { events, get, prod, clock } = await guardedEvents();
    prod.namespaces.set('shop', isoOf(30));
    await events.commit([{ event: 4, resourceVersion: 20, second: -60, namespace: 'shop' }]);
    prod.allows = everywhere;
    const { body } = await events.get(`${SHOP}?limit=1`, ANN);
    expect(versionsOf(body)).toEqual(['20']);
    prod.allows = inShop;
    clock.now = 10_000;
    expect(await get(`${SHOP}?limit=5&continue=${body.metadata.continue}`)).toMatchObject({ versions: ['11'] });
  });
});

describe('an open watch', () => {
  /** One whose rights are to be asked for again in a moment. */
  async function opened() {
    const all = await guardedEvents();
    const { prod, clock, get, events } = all;
    prod.namespaces.set('shop', isoOf(-60));
    prod.allows = inShop;
    await get(`${SHOP}?watch=1&timeoutSeconds=1&resourceVersion=12`);
    clock.now = 9_950;
    const open = await watch(events, 'resourceVersion=12', SHOP, ANN);
    clock.now = 10_000;
    return { ...all, open };
  }

  test('goes on while the right is there', async () => {
    const { open, events, prod } = await opened();
    prod.asked.length = 0;
    await vi.waitFor(() => expect(prod.asked).toContain('ann watch shop'));
    await events.commit([{ event: 5, resourceVersion: 20, namespace: 'shop' }]);
    expect(await open.brought(1)).toEqual(['ADDED 20']);
    expect(open.hasEnded()).toBe(false);
  });

  test('ends when the right is gone, and says so', async () => {
    const { open, prod } = await opened();
    prod.allows = () => false;
    expect(await open.brought(1)).toEqual(['ERROR 403']);
    await vi.waitFor(() => expect(open.hasEnded()).toBe(true));
  });

  test('ends when nobody can say whether the right is there', async () => {
    const { open, prod } = await opened();
    prod.isBroken = true;
    expect(await open.brought(1)).toEqual(['ERROR 503']);
    await vi.waitFor(() => expect(open.hasEnded()).toBe(true));
  });

  test('ends when the namespace has become another one, so that the client begins anew', async () => {
    const { open, prod } = await opened();
    prod.namespaces.set('shop', isoOf(90));
    expect(await open.brought(1)).toEqual(['ERROR 410']);
    await vi.waitFor(() => expect(open.hasEnded()).toBe(true));
  });
});
