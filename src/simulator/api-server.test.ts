/** What the server answers, against the answers of a kube-apiserver 1.35.4 to the same requests. */
import { gunzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type RawWatch, rawGet, rawWatch } from '../../test/helpers/raw-client.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts';

const START = Date.parse('2026-11-21T12:00:00Z');
const EVENTS = '/api/v1/events';

interface ListBody {
  readonly kind: string;
  readonly metadata: {
    readonly resourceVersion: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
  readonly items: readonly { readonly metadata: { readonly name: string; readonly namespace: string } }[];
}

async function start(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator({ speed: 0, start: START, scenarios: [], ...options });
  onTestFinished(() => simulator.close());
  return simulator;
}

async function list(simulator: Simulator, query = '', path = EVENTS): Promise<ListBody> {
  const { body } = await rawGet(`${simulator.url}${path}${query}`);
  return JSON.parse(body) as ListBody;
}

async function watch(simulator: Simulator, query: string, path = EVENTS): Promise<RawWatch> {
  const opened = await rawWatch(`${simulator.url}${path}?watch=1${query}`);
  onTestFinished(() => opened.close());
  return opened;
}

const names = (items: ListBody['items']): string[] =>
  items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);

describe('the API server', () => {
  test.each([
    ['/api', 'APIVersions'],
    ['/api/v1', 'APIResourceList'],
    ['/apis', 'APIGroupList'],
    ['/apis/events.k8s.io', 'APIGroup'],
    ['/apis/events.k8s.io/v1', 'APIResourceList'],
    ['/api/v1/namespaces/kube-system', 'Namespace'],
  ])('describes itself at %s', async (path, kind) => {
    const simulator = await start();
    const { code, headers, body } = await rawGet(simulator.url + path);
    expect([code, headers['content-type']]).toEqual([200, 'application/json']);
    expect(JSON.parse(body)).toMatchObject({ kind });
  });

  test('keeps the UID of its kube-system namespace for a seed', async () => {
    const uid = async (seed: number): Promise<string> => {
      const { body } = await rawGet(`${(await start({ seed })).url}/api/v1/namespaces/kube-system`);
      return (JSON.parse(body) as { metadata: { uid: string } }).metadata.uid;
    };
    expect(await uid(1)).toBe(await uid(1));
    expect(await uid(1)).not.toBe(await uid(2));
  });

  test('says that it is well', async () => {
    const simulator = await start();
    for (const path of ['/readyz', '/healthz', '/livez']) {
      expect(await rawGet(simulator.url + path)).toMatchObject({ code: 200, body: 'ok' });
    }
  });

  test.each([
    ['/nope', 404, '404 page not found\n'],
    [
      '/api/v1/nope',
      404,
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"the server could not find the requested resource","reason":"NotFound","details":{},"code":404}\n',
    ],
    [
      '/api/v1/namespaces/shop/events/nope',
      404,
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"events \\"nope\\" not found","reason":"NotFound","details":{"name":"nope","kind":"events"},"code":404}\n',
    ],
    [
      '/api/v1/events?fieldSelector=foo%3Dbar',
      400,
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"field label not supported: foo","reason":"BadRequest","code":400}\n',
    ],
    [
      '/api/v1/events?fieldSelector=reason',
      400,
      `{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"invalid selector: 'reason'; can't understand 'reason'","reason":"BadRequest","code":400}\n`,
    ],
    [
      '/api/v1/events?limit=x',
      400,
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"strconv.ParseInt: parsing \\"x\\": invalid syntax","reason":"BadRequest","code":400}\n',
    ],
    [
      '/api/v1/events?resourceVersion=abc',
      400,
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"invalid resource version: resourceVersion: Invalid value: \\"abc\\": strconv.ParseUint: parsing \\"abc\\": invalid syntax","reason":"BadRequest","code":400}\n',
    ],
    [
      '/api/v1/events?watch=1&resourceVersion=abc',
      500,
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"resourceVersion: Invalid value: \\"abc\\": strconv.ParseUint: parsing \\"abc\\": invalid syntax","code":500}\n',
    ],
  ])('answers %s with %i', async (path, code, body) => {
    const simulator = await start();
    expect(await rawGet(simulator.url + path)).toMatchObject({ code, body });
  });

  test('refuses methods that are not for reading', async () => {
    const simulator = await start();
    const response = await fetch(simulator.url + EVENTS, { method: 'POST' });
    expect(response.status).toBe(405);
    expect(await response.json()).toMatchObject({ reason: 'MethodNotAllowed', details: {} });
  });
});

describe('a list', () => {
  test('is paged as of its first page, whatever is written meanwhile', async () => {
    const simulator = await start();
    simulator.cluster.burst(50);
    const all = await list(simulator);
    const first = await list(simulator, '?limit=20');
    expect(first.metadata).toEqual({
      resourceVersion: all.metadata.resourceVersion,
      continue: expect.any(String),
      remainingItemCount: all.items.length - 20,
    });
    simulator.cluster.burst(50);
    const second = await list(simulator, `?limit=500&continue=${first.metadata.continue}`);
    expect(second.metadata).toEqual({ resourceVersion: all.metadata.resourceVersion });
    expect(names([...first.items, ...second.items])).toEqual(names(all.items));
    expect(names(all.items)).toEqual(names(all.items).toSorted());
  });

  test('of a namespace has that alone, and its pages too', async () => {
    const simulator = await start();
    simulator.cluster.burst(80);
    const all = names((await list(simulator)).items).filter((name) => name.startsWith('shop/'));
    const path = '/api/v1/namespaces/shop/events';
    const first = await list(simulator, '?limit=3', path);
    const rest = await list(simulator, `?continue=${first.metadata.continue}`, path);
    expect(names([...first.items, ...rest.items])).toEqual(all);
    expect((await list(simulator, '', '/api/v1/namespaces/nope/events')).items).toEqual([]);
  });

  test('cannot be continued after a compaction, but for the token that the answer holds', async () => {
    const simulator = await start({ compactionMs: 10_000 });
    simulator.cluster.burst(30);
    const first = await list(simulator, '?limit=10');
    simulator.cluster.burst(1);
    simulator.advance(20_000);
    const { code, body } = await rawGet(`${simulator.url}${EVENTS}?limit=10&continue=${first.metadata.continue}`);
    expect(code).toBe(410);
    const status = JSON.parse(body) as { message: string; reason: string; metadata: { continue: string } };
    expect(status).toMatchObject({ kind: 'Status', reason: 'Expired', code: 410 });
    expect(status.message).toMatch(/^The provided continue parameter is too old to display a consistent list result\./);
    const rest = await list(simulator, `?continue=${status.metadata.continue}`);
    expect(rest.items.length).toBeGreaterThan(10);
  });

  test('is compressed above 128 KiB for whoever accepts it', async () => {
    const simulator = await start();
    simulator.cluster.burst(300);
    const headers = { 'Accept-Encoding': 'gzip' };
    const small = await rawGet(`${simulator.url}${EVENTS}?limit=1`, headers);
    expect(small.headers['content-encoding']).toBeUndefined();
    const large = await rawGet(simulator.url + EVENTS, headers);
    expect(large.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
    const body = JSON.parse(gunzipSync(Buffer.from(large.body, 'latin1')).toString()) as ListBody;
    expect(names(body.items)).toEqual(names((await list(simulator)).items));
  });

  test.each([
    'involvedObject.kind=Pod',
    'reason!=Pulled,type==Normal',
    'metadata.namespace=shop',
    'involvedObject.kind=Nope',
  ])('selects by %s', async (selector) => {
    const simulator = await start();
    simulator.cluster.burst(100);
    const body = await list(simulator, `?fieldSelector=${encodeURIComponent(selector)}`);
    const events = (await list(simulator)).items as unknown as Record<string, Record<string, unknown>>[];
    const wanted = events.filter((event) =>
      selector.split(',').every((term) => {
        const [path = '', value = ''] = term.split(/!?==?/);
        const [field = '', sub = ''] = path.split('.');
        const found = sub ? event[field]?.[sub] : event[field];
        return (found === value) !== term.includes('!');
      }),
    );
    expect(body.items).toEqual(wanted);
  });

  test('from a resourceVersion that is yet to come is refused', async () => {
    const simulator = await start();
    const { code, body } = await rawGet(`${simulator.url}${EVENTS}?resourceVersion=99999999`);
    expect(code).toBe(504);
    expect(JSON.parse(body)).toMatchObject({ details: { causes: [{ reason: 'ResourceVersionTooLarge' }] } });
  });

  test('of events.k8s.io has the same events in the other shape', async () => {
    const simulator = await start();
    simulator.cluster.burst(5);
    const other = await list(simulator, '', '/apis/events.k8s.io/v1/events');
    expect(other).toMatchObject({ kind: 'EventList', apiVersion: 'events.k8s.io/v1' });
    expect(names(other.items)).toEqual(names((await list(simulator)).items));
    expect(other.items[0]).toMatchObject({ regarding: expect.anything(), note: expect.any(String) });
    expect(other.items[0]).not.toHaveProperty('kind');
  });

  test('shows an event as a GET of it does', async () => {
    const simulator = await start();
    simulator.cluster.burst(1);
    const [item] = (await list(simulator)).items;
    const path = `/api/v1/namespaces/${item?.metadata.namespace}/events/${item?.metadata.name}`;
    const { body } = await rawGet(simulator.url + path);
    expect(JSON.parse(body)).toEqual({ kind: 'Event', apiVersion: 'v1', ...item });
  });
});

describe('a watch', () => {
  test('from a resourceVersion brings every change since, then what happens, and ends by its timeout', async () => {
    const simulator = await start({ ttlMs: 60_000 });
    const { resourceVersion } = (await list(simulator)).metadata;
    simulator.cluster.burst(3);
    const opened = await watch(
      simulator,
      `&resourceVersion=${resourceVersion}&timeoutSeconds=1&allowWatchBookmarks=true`,
    );
    await vi.waitFor(() => expect(opened.frames()).toHaveLength(3));
    simulator.advance(63_000);
    await vi.waitFor(() => expect(opened.ended()).toBe('cleanly'), { timeout: 3_000 });
    const deleted = opened.frames().filter(({ type }) => type === 'DELETED');
    expect(new Set(deleted.map(({ object }) => object.metadata.resourceVersion)).size).toBe(1);
    expect(opened.frames().map(({ type }) => type)).not.toContain('BOOKMARK');
    expect(opened.text()).toMatch(/^\{"type":"ADDED","object":\{"kind":"Event","apiVersion":"v1","metadata":\{"name":/);
  });

  test('from no resourceVersion brings the present state first, and then the one bookmark', async () => {
    const simulator = await start();
    simulator.cluster.burst(10);
    const state = await list(simulator);
    const opened = await watch(simulator, '&resourceVersion=0&allowWatchBookmarks=true');
    await vi.waitFor(() => expect(opened.frames()).toHaveLength(state.items.length + 1));
    const bookmark = opened.frames().at(-1);
    expect(bookmark).toEqual({
      type: 'BOOKMARK',
      object: {
        kind: 'Event',
        apiVersion: 'v1',
        metadata: {
          resourceVersion: state.metadata.resourceVersion,
          annotations: { 'k8s.io/initial-events-end': 'true' },
        },
        involvedObject: {},
        source: {},
        firstTimestamp: null,
        lastTimestamp: null,
        eventTime: null,
        reportingComponent: '',
        reportingInstance: '',
      },
    });
    simulator.cluster.burst(1);
    await vi.waitFor(() => expect(opened.frames()).toHaveLength(state.items.length + 2));
  });

  test('from the future is silent until the cluster has got there', async () => {
    const simulator = await start();
    const from = simulator.cluster.store.resourceVersion + 5;
    const opened = await watch(simulator, `&resourceVersion=${from}`);
    simulator.cluster.burst(8);
    await vi.waitFor(() => expect(opened.frames()).toHaveLength(3));
    expect(opened.frames()[0]?.object.metadata.resourceVersion).toBe(String(from + 1));
  });

  test('from before a compaction gets 200, an ERROR frame and the end', async () => {
    const simulator = await start({ compactionMs: 10_000 });
    const { resourceVersion } = (await list(simulator)).metadata;
    simulator.cluster.burst(2);
    simulator.advance(20_000);
    const opened = await watch(simulator, `&resourceVersion=${resourceVersion}`);
    await vi.waitFor(() => expect(opened.ended()).toBe('cleanly'));
    expect(opened.code).toBe(200);
    expect(opened.text()).toBe(
      '{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"The resourceVersion for the provided watch is too old.","reason":"Expired","code":410}}\n',
    );
  });

  test('of a namespace and a selector brings nothing else', async () => {
    const simulator = await start();
    const path = '/api/v1/namespaces/payments/events';
    const opened = await watch(simulator, '&resourceVersion=1&fieldSelector=type%3DWarning', path);
    simulator.cluster.burst(200);
    const wanted = (await list(simulator)).items.filter((item) => item.metadata.namespace === 'payments');
    await vi.waitFor(() => expect(opened.frames().length).toBeGreaterThan(5));
    expect(wanted.length).toBeGreaterThan(0);
    for (const { object } of opened.frames())
      expect(object).toMatchObject({ metadata: { namespace: 'payments' }, type: 'Warning' });
  });

  test('serves many watchers the same bytes', async () => {
    const simulator = await start();
    const from = simulator.cluster.store.resourceVersion;
    const opened = await Promise.all([1, 2, 3].map(() => watch(simulator, `&resourceVersion=${from}`)));
    simulator.cluster.burst(700);
    await vi.waitFor(() => expect(opened.map((one) => one.frames().length)).toEqual([700, 700, 700]));
    expect(new Set(opened.map((one) => one.text())).size).toBe(1);
  });
});
