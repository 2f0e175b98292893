/** Each fault, as it looks from the other end of the wire. */
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type RawWatch, rawGet, rawWatch } from '../../test/helpers/raw-client.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts';

const EVENTS = '/api/v1/events';

async function start(options: SimulatorOptions = {}): Promise<Simulator> {
  const begin = Date.parse('2026-11-21T12:00:00Z');
  const simulator = await startSimulator({ speed: 0, start: begin, scenarios: [], ...options });
  onTestFinished(() => simulator.close());
  return simulator;
}

async function watch(simulator: Simulator, headers: Record<string, string> = {}): Promise<RawWatch> {
  const from = simulator.cluster.store.resourceVersion;
  const opened = await rawWatch(`${simulator.url}${EVENTS}?watch=1&resourceVersion=${from}`, headers);
  onTestFinished(() => opened.close());
  return opened;
}

const versions = (opened: RawWatch): number[] =>
  opened.frames().map(({ object }) => Number(object.metadata.resourceVersion));

describe('Faults', () => {
  test('cut destroys open watches', async () => {
    const simulator = await start();
    const opened = await watch(simulator);
    simulator.cluster.burst(2);
    await vi.waitFor(() => expect(opened.frames()).toHaveLength(2));
    simulator.faults.cut();
    await vi.waitFor(() => expect(opened.ended()).toBe('cut'));
    expect((await watch(simulator)).code).toBe(200);
  });

  test('expired answers the next watch with 410, or with an ERROR frame of it', async () => {
    const simulator = await start();
    simulator.faults.expired('status');
    expect((await watch(simulator)).code).toBe(410);
    simulator.faults.expired('frame');
    const opened = await watch(simulator);
    await vi.waitFor(() => expect(opened.ended()).toBe('cleanly'));
    expect([opened.code, opened.frames()]).toEqual([200, [expect.objectContaining({ type: 'ERROR' })]]);
    expect(opened.frames()[0]?.object).toMatchObject({ reason: 'Expired', code: 410 });
    expect((await rawGet(simulator.url + EVENTS)).code).toBe(200);
  });

  test('tooManyRequests and serverError answer as often as they are told, and where', async () => {
    const simulator = await start();
    simulator.faults.tooManyRequests(7, { times: 2 });
    const refused = await rawGet(simulator.url + EVENTS);
    expect(refused).toMatchObject({ code: 429, body: 'Too many requests, please try again later.\n' });
    expect(refused.headers['retry-after']).toBe('7');
    expect((await rawGet(simulator.url + EVENTS)).code).toBe(429);
    simulator.faults.serverError({ on: 'watch' });
    expect((await rawGet(simulator.url + EVENTS)).code).toBe(200);
    expect((await watch(simulator)).code).toBe(500);
    expect((await watch(simulator)).code).toBe(200);
  });

  test('hang accepts a request and sends nothing', async () => {
    const simulator = await start();
    simulator.faults.hang();
    const abort = new AbortController();
    const hung = fetch(simulator.url + EVENTS, { signal: abort.signal }).then(
      () => 'answered',
      () => 'given up',
    );
    // What is asked later is answered earlier.
    await vi.waitFor(async () => expect((await rawGet(simulator.url + EVENTS)).code).toBe(200));
    abort.abort();
    expect(await hung).toBe('given up');
  });

  test('slow lets watches and lists trickle', async () => {
    const simulator = await start();
    simulator.cluster.burst(5);
    const opened = await watch(simulator);
    simulator.faults.slow(10_000);
    simulator.cluster.burst(2);
    await vi.waitFor(() => expect(opened.text().length).toBeGreaterThan(0));
    expect(opened.frames()).toHaveLength(0);
    await vi.waitFor(() => expect(opened.frames()).toHaveLength(2), { timeout: 3_000 });
    const begin = performance.now();
    const { body } = await rawGet(simulator.url + EVENTS);
    expect(JSON.parse(body)).toMatchObject({ kind: 'EventList' });
    expect(performance.now() - begin).toBeGreaterThan((body.length / 10_000) * 500);
  });

  test('tornFrame sends half of a frame and cuts', async () => {
    const simulator = await start();
    const opened = await watch(simulator);
    simulator.faults.tornFrame();
    simulator.cluster.burst(2);
    await vi.waitFor(() => expect(opened.ended()).toBe('cut'));
    expect(opened.text()).toMatch(/^\{"type":"ADDED"/);
    expect(opened.text()).not.toContain('\n');
  });

  test('duplicate and outOfOrder rearrange frames', async () => {
    const simulator = await start();
    const opened = await watch(simulator);
    const from = simulator.cluster.store.resourceVersion;
    simulator.faults.duplicate();
    simulator.faults.outOfOrder();
    simulator.cluster.burst(4);
    await vi.waitFor(() => expect(opened.frames()).toHaveLength(5));
    expect(versions(opened)).toEqual([1, 1, 3, 2, 4].map((step) => from + step));
  });

  test('delay holds frames back while lists go on', async () => {
    const simulator = await start();
    const opened = await watch(simulator);
    simulator.faults.delay();
    simulator.cluster.burst(3);
    const refreshed = await rawGet(`${simulator.url}${EVENTS}?limit=1`);
    const { resourceVersion } = (JSON.parse(refreshed.body) as { metadata: { resourceVersion: string } }).metadata;
    expect(opened.text()).toBe('');
    simulator.faults.release();
    await vi.waitFor(() => expect(opened.frames()).toHaveLength(3));
    expect(versions(opened).at(-1)).toBe(Number(resourceVersion));
  });

  test('hugeEvent makes a frame above 4 MiB', async () => {
    const simulator = await start();
    const opened = await watch(simulator);
    simulator.faults.hugeEvent();
    await vi.waitFor(() => expect(opened.frames()).toHaveLength(1));
    expect(opened.text().length).toBeGreaterThan(4 * 1024 * 1024);
  });

  test('rewind goes back to a backup: a watch is cut, and one from where it was is silent', async () => {
    const simulator = await start();
    simulator.cluster.burst(5);
    const backup = simulator.faults.backup();
    simulator.cluster.burst(10);
    const position = simulator.cluster.store.resourceVersion;
    const opened = await watch(simulator);
    simulator.faults.rewind(backup);
    await vi.waitFor(() => expect(opened.ended()).toBe('cut'));
    const again = await rawWatch(`${simulator.url}${EVENTS}?watch=1&resourceVersion=${position}`);
    onTestFinished(() => again.close());
    simulator.cluster.burst(3);
    const { body } = await rawGet(`${simulator.url}${EVENTS}?limit=1`);
    const { resourceVersion } = (JSON.parse(body) as { metadata: { resourceVersion: string } }).metadata;
    expect(Number(resourceVersion)).toBeLessThan(position);
    expect([again.code, again.text()]).toEqual([200, '']);
  });

  test('clockSkew shifts what emitters say, not what the server does', async () => {
    const simulator = await start();
    simulator.faults.clockSkew(90_000);
    simulator.cluster.burst(1);
    const { body } = await rawGet(simulator.url + EVENTS);
    expect((JSON.parse(body) as { items: unknown[] }).items[0]).toMatchObject({
      metadata: { creationTimestamp: '2026-11-21T12:00:00Z' },
      lastTimestamp: '2026-11-21T12:01:30Z',
    });
  });

  test('refuse takes rights away, in a namespace or everywhere, until they are given back', async () => {
    const simulator = await start();
    simulator.faults.refuse('shop');
    const refused = await rawGet(`${simulator.url}/api/v1/namespaces/shop/events?watch=1`);
    expect(refused.code).toBe(403);
    expect(JSON.parse(refused.body)).toMatchObject({
      message:
        'events is forbidden: User "tidings" cannot watch resource "events" in API group "" in the namespace "shop"',
      reason: 'Forbidden',
      details: { kind: 'events' },
    });
    expect((await rawGet(`${simulator.url}/api/v1/namespaces/payments/events`)).code).toBe(200);
    expect((await rawGet(`${simulator.url}/apis/events.k8s.io/v1/events`)).body).toContain(
      'events.events.k8s.io is forbidden: User \\"tidings\\" cannot list resource \\"events\\" in API group \\"events.k8s.io\\" at the cluster scope',
    );
    simulator.faults.allow();
    const opened = await watch(simulator);
    expect(opened.code).toBe(200);
    simulator.faults.refuse();
    await vi.waitFor(() => expect(opened.ended()).toBe('cut'));
  });

  test('unauthorized knows other tokens from now on', async () => {
    const simulator = await start({ tokens: ['old'] });
    const get = (token: string): Promise<number> =>
      rawGet(simulator.url + EVENTS, { Authorization: `Bearer ${token}` }).then(({ code }) => code);
    expect([await get('old'), await get('new')]).toEqual([200, 401]);
    const opened = await watch(simulator, { Authorization: 'Bearer old' });
    simulator.faults.unauthorized(['new']);
    await vi.waitFor(() => expect(opened.ended()).toBe('cut'));
    expect([await get('old'), await get('new')]).toEqual([401, 200]);
  });
});
