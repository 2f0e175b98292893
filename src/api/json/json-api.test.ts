import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { revision, START } from '../../../test/contract/event-arbitrary.ts';
import { HOUR, idsOf, servedJson } from '../../../test/helpers/served-json.ts';
import { AppError } from '../../core/errors.ts';
import type { EventsAttempt } from '../access.ts';
import { FAIR_USE, FairUse } from '../fair-use.ts';
import { failure, StatusError } from '../kubernetes/status.ts';
import type { EventRow } from './answers.ts';
import { OPERATIONS } from './json-app.ts';

const forbidden = () => new StatusError(failure(403, 'you may not', { reason: 'Forbidden' }));
const unauthorized = () =>
  new StatusError(failure(401, 'Unauthorized', { reason: 'Unauthorized' }), { 'WWW-Authenticate': 'Bearer' });

const uid = revision({ event: 1, object: 1, resourceVersion: 10, second: 0, count: 1 }).body.metadata.uid;

describe('a list of events', () => {
  test('has one row a revision, newest first, and /series one an event', async () => {
    const api = await servedJson();
    await api.commit([
      { event: 1, resourceVersion: 10, second: 0, count: 1 },
      { event: 1, resourceVersion: 12, second: 60, count: 4 },
      { event: 2, resourceVersion: 11, second: 30, reason: 'Pulled', type: 'Normal', namespace: 'bank' },
    ]);
    const { status, body } = await api.ask('/events');
    expect(status).toBe(200);
    expect(idsOf(body.data.rows)).toEqual(['12', '11', '10']);
    expect(body.data.rows[0]).toEqual({
      id: `${uid}/12`,
      cluster: 'prod',
      uid,
      severity: 'critical',
      type: 'Warning',
      reason: 'BackOff',
      namespace: 'shop',
      object: { kind: 'Pod', namespace: 'shop', name: 'web-1', uid: expect.any(String) },
      node: 'node-1',
      source: 'kubelet',
      first: '2026-01-02T03:00:00.000Z',
      last: '2026-01-02T03:01:00.000Z',
      count: 4,
      delta: 3,
      message: expect.stringContaining('Back-off'),
      messageBytes: expect.any(Number),
    });
    expect(idsOf((await api.ask('/series')).body.data.rows)).toEqual(['12', '11']);
  });

  test('keeps what somebody deleted, and says when', async () => {
    const api = await servedJson();
    const end = revision({ event: 11, resourceVersion: 20, object: 1, second: 0, count: 1 }, { receivedAt: START + 5 });
    await api.commit([{ resourceVersion: 10 }, { resourceVersion: 11 }], { deletions: [end] });
    const { rows } = (await api.ask('/events')).body.data;
    expect(rows.map(({ id, deleted }: EventRow) => [id.split('/')[1], deleted])).toEqual([
      ['11', '2026-01-02T03:00:00.005Z'],
      ['10', undefined],
    ]);
    expect((await api.ask(`/events/${rows[0].id}`)).body.data.deleted).toBe('2026-01-02T03:00:00.005Z');
  });

  test('is of a range, of clusters and namespaces, and of what filters let through', async () => {
    const api = await servedJson();
    await api.commit([
      { resourceVersion: 10, second: 0 },
      { resourceVersion: 11, second: 600, reason: 'Pulled', type: 'Normal' },
      { resourceVersion: 12, second: 1200, namespace: 'bank' },
    ]);
    await api.commit([{ resourceVersion: 20, second: 1800 }], { cluster: 'test' });
    const ids = async (query: string) => idsOf((await api.ask(`/events?${query}`)).body.data.rows);
    expect(await ids('')).toEqual(['20', '12', '11', '10']);
    expect(await ids('from=2026-01-02T03:10:00Z&to=2026-01-02T04:20:00%2B01:00')).toEqual(['12', '11']);
    expect(await ids('from=now-50m&to=now-40m')).toEqual(['12', '11']);
    expect(await ids('cluster=test')).toEqual(['20']);
    expect(await ids('namespace=bank&namespace=shop&cluster=prod')).toEqual(['12', '11', '10']);
    expect(await ids('q=reason:BackOff+-namespace:bank')).toEqual(['20', '10']);
    expect(await ids(`cel=${encodeURIComponent('event.type == "Normal"')}`)).toEqual(['11']);
    expect(await ids(`q=namespace:shop&cel=${encodeURIComponent('cluster == "prod" && event.count == 1')}`)).toEqual([
      '11',
      '10',
    ]);
  });

  test('is of one object', async () => {
    const api = await servedJson();
    await api.commit([
      { event: 1, resourceVersion: 10, second: 0, object: 1 },
      { event: 1, resourceVersion: 11, second: 60, object: 1 },
      { event: 2, resourceVersion: 12, second: 70, object: 2 },
      { event: 3, resourceVersion: 13, second: 80, object: 1, kind: 'StatefulSet' },
    ]);
    const ids = async (query: string) => idsOf((await api.ask(`/events?${query}`)).body.data.rows);
    expect(await ids('object=pod/web-1')).toEqual(['11', '10']);
    expect(await ids('object=/web-1&limit=2')).toEqual(['13', '11']);
    expect(await ids('object=Pod/web-1&objectUid=other')).toEqual([]);
    expect((await api.ask('/events?object=web-1')).body).toMatchObject({ status: 400, parameter: 'object' });
    expect((await api.ask('/series?objectUid=x')).body).toMatchObject({ status: 400, parameter: 'objectUid' });
  });

  test('is read page by page as of the first page, whose range it keeps', async () => {
    const api = await servedJson();
    await api.commit([10, 11, 12, 13].map((resourceVersion) => ({ resourceVersion, second: resourceVersion })));
    const first = (await api.ask('/events?limit=3&from=now-1h')).body;
    expect(idsOf(first.data.rows)).toEqual(['13', '12', '11']);
    api.clock.now += 2 * HOUR;
    await api.commit([{ resourceVersion: 20, second: 5 }]);
    const second = (await api.ask(`/events?limit=3&from=now-1h&cursor=${first.data.next}`)).body;
    expect(idsOf(second.data.rows)).toEqual(['10']);
    expect(second.data.next).toBeUndefined();
    expect(second.range).toEqual(first.range);
  });

  test('cuts long messages between characters, and gives them whole with the event', async () => {
    const api = await servedJson();
    const record = revision({ event: 1, object: 1, resourceVersion: 10, second: 0, count: 1 });
    const message = `a${'ä'.repeat(400)}`;
    await api.store.apply([{ ...record, body: { ...record.body, message } }]);
    const [row] = (await api.ask('/events')).body.data.rows;
    expect([row.message, row.messageBytes]).toEqual([`a${'ä'.repeat(255)}`, 801]);
    expect((await api.ask(`/events/${row.id}`)).body.data.message).toBe(message);
  });
});

describe('an event', () => {
  test('comes in full, with its stored revisions', async () => {
    const api = await servedJson();
    await api.commit([
      { event: 1, resourceVersion: 10, second: 0, count: 1 },
      { event: 1, resourceVersion: 12, second: 60, count: 4 },
      { event: 2, resourceVersion: 11 },
    ]);
    const { status, body } = await api.ask(`/events/${uid}/10`);
    expect(status).toBe(200);
    expect(body.data).toMatchObject({
      id: `${uid}/10`,
      origin: 'watch',
      raw: { kind: 'Event', apiVersion: 'v1', metadata: { uid, resourceVersion: '10' } },
      revisions: [
        { id: `${uid}/12`, last: '2026-01-02T03:01:00.000Z', count: 4, delta: 3 },
        { id: `${uid}/10`, last: '2026-01-02T03:00:00.000Z', count: 1, delta: 1 },
      ],
    });
    expect((await api.ask(`/events/${uid}/11`)).status).toBe(404);
    expect((await api.ask('/events/nobody/11')).status).toBe(404);
  });
});

describe('an answer', () => {
  test('says how much of its range was watched, and why not more', async () => {
    const api = await servedJson();
    await api.commit([{ resourceVersion: 10, second: 0 }]);
    api.clock.now += HOUR;
    await api.commit([], {
      observed: { from: START + 1.5 * HOUR, to: START + 2 * HOUR },
      breaks: [{ from: START + HOUR, to: START + 1.5 * HOUR, cause: 'stopped', healed: true, unknown: 'revisions' }],
    });
    const { body } = await api.ask('/events?from=2026-01-02T03:00:00Z&to=2026-01-02T05:00:00Z');
    expect(body).toMatchObject({
      range: { from: '2026-01-02T03:00:00.000Z', to: '2026-01-02T05:00:00.000Z' },
      coverage: {
        share: 0.75,
        gaps: [
          {
            from: '2026-01-02T04:00:00.000Z',
            to: '2026-01-02T04:30:00.000Z',
            cluster: 'prod',
            scope: '*',
            cause: 'stopped',
            healed: true,
          },
        ],
      },
      lowerBound: true,
    });
    const whole = await api.ask('/events?from=2026-01-02T03:00:00Z&to=2026-01-02T04:00:00Z');
    expect(whole.body).toMatchObject({ coverage: { share: 1, gaps: [] }, lowerBound: false });
    const before = await api.ask('/events?from=2026-01-02T01:00:00Z&to=2026-01-02T02:00:00Z');
    expect(before.body).toMatchObject({ coverage: { share: 0 }, lowerBound: true, data: { rows: [] } });
  });

  test('is not sent again to whoever has it', async () => {
    const api = await servedJson();
    await api.commit([{ resourceVersion: 10, second: 0 }]);
    const first = await api.ask('/events?to=2026-01-02T04:00:00Z');
    const tag = first.headers.get('etag') ?? '';
    const again = await api.ask('/events?to=2026-01-02T04:00:00Z', { headers: { 'If-None-Match': `"x", ${tag}` } });
    expect([again.status, again.headers.get('etag')]).toEqual([304, tag]);
    await api.commit([{ resourceVersion: 11, second: 1 }]);
    expect((await api.ask('/events', { headers: { 'If-None-Match': tag } })).status).toBe(200);
  });

  test('is compressed when it is large, for whoever accepts that', async () => {
    const api = await servedJson();
    await api.commit(Array.from({ length: 50 }, (_, index) => ({ resourceVersion: 10 + index, second: index })));
    const compressed = await api.ask('/events', { headers: { 'Accept-Encoding': 'gzip' } });
    expect(compressed.headers.get('content-encoding')).toBe('gzip');
    expect(compressed.body.data.rows).toHaveLength(50);
    const plain = await api.ask('/events', { headers: { 'Accept-Encoding': 'identity' } });
    expect([plain.headers.get('content-encoding'), plain.body.data]).toEqual([null, compressed.body.data]);
  });

  test('shows only what the caller may see, and says what is left out', async () => {
    const attempts: EventsAttempt[] = [];
    const api = await servedJson({
      access: {
        events: async (attempt) => {
          attempts.push(attempt);
          if (attempt.namespace === 'shop') return { notBefore: START + 50_000 };
          if (attempt.namespace === 'bank' && attempt.cluster === 'test') return {};
          throw forbidden();
        },
        path: async () => {
          throw forbidden();
        },
      },
    });
    const specs = [
      { event: 1, resourceVersion: 10, second: 0 },
      { event: 2, resourceVersion: 11, second: 60 },
      { event: 3, resourceVersion: 12, second: 0, namespace: 'bank' },
    ];
    await api.commit(specs);
    await api.commit(specs, { cluster: 'test' });
    const refused = await api.ask('/events');
    expect([refused.status, refused.body.detail, refused.body.hint]).toEqual([
      403,
      'you may not',
      expect.stringContaining('namespace='),
    ]);
    const { body } = await api.ask('/events?namespace=shop&namespace=bank');
    const seen = body.data.rows.map(
      ({ id, cluster }: { id: string; cluster: string }) => `${cluster} ${idsOf([{ id }]).join('')}`,
    );
    expect(seen.toSorted()).toEqual(['prod 11', 'test 11', 'test 12']);
    const at = new Date(START + 50_000).toISOString();
    expect(body.leftOut).toEqual({
      refused: [{ cluster: 'prod', namespace: 'bank', detail: 'you may not' }],
      began: ['prod', 'test'].map((cluster) => ({ cluster, namespace: 'shop', at })),
    });
    expect(body.lowerBound).toBe(true);
    const event = (number: number) =>
      revision({ ...specs[0], event: number } as Parameters<typeof revision>[0]).body.metadata.uid;
    expect((await api.ask(`/events/${event(1)}/10`)).status).toBe(404);
    expect((await api.ask(`/events/${event(2)}/11`)).status).toBe(200);
    expect((await api.ask('/meta')).status).toBe(403);
    expect(new Set(attempts.map(({ verb }) => verb))).toEqual(new Set(['list', 'get']));
  });

  test('reads one event in the turn of the caller too', async () => {
    const limits = { ...FAIR_USE, reads: { perCaller: 1, total: 1 }, waiting: { perCaller: 0, ms: 0 } };
    const fairUse = new FairUse(limits);
    const api = await servedJson({ fairUse });
    await api.commit([{ event: 1, resourceVersion: 10 }]);
    const [row] = (await api.ask('/events')).body.data.rows;
    const end = await fairUse.read('127.0.0.1', new AbortController().signal);
    expect((await api.ask(`/events/${row.id}`)).status).toBe(429);
    end();
    expect((await api.ask(`/events/${row.id}`)).status).toBe(200);
  });

  test('begins no steps before the year 0', async () => {
    const api = await servedJson();
    await api.commit([{ event: 1, resourceVersion: 10 }]);
    const { status, body } = await api.ask('/coverage?from=0000-01-01T00:00:00Z');
    expect([status, body.range.from]).toEqual([200, '1970-01-01T00:00:00.000Z']);
  });

  test('says nothing of coverage from before the caller may see, and counts it as no gap', async () => {
    const api = await servedJson({
      access: { events: async () => ({ notBefore: START + 2_000_000 }), path: async () => {} },
    });
    const lost = { cause: 'stopped', healed: true, unknown: 'revisions' } as const;
    const breaks = [
      { ...lost, from: START + 1_000_000, to: START + 1_100_000 },
      { ...lost, from: START + 1_900_000, to: START + 2_400_000 },
    ];
    await api.commit([], { observed: { from: START, to: START + 1_000_000 } });
    await api.commit([], { observed: { from: START + 2_400_000, to: START + 3_600_000 }, breaks });
    const [from, began, again, to] = [0, 2_000_000, 2_400_000, 3_600_000].map((ms) =>
      new Date(START + ms).toISOString(),
    );
    const range = `namespace=shop&from=${from}&to=${to}`;
    const { coverage, leftOut, data } = (await api.ask(`/coverage?${range}`)).body;
    expect(coverage).toMatchObject({ share: 0.75, gaps: [{ from: began, to: again, cause: 'stopped' }] });
    expect(leftOut).toEqual({ began: [{ cluster: 'prod', namespace: 'shop', at: began }] });
    expect(data.scopes[0].breaks).toEqual([{ ...lost, from: began, to: again }]);
    expect(data.scopes[0].cells.slice(0, 33)).toEqual(Array.from({ length: 33 }, () => 0));
    const ledger = (await api.ask(`/ledger?${range}`)).body.data;
    expect(ledger).toEqual({
      scopes: [
        { cluster: 'prod', scope: '*', observed: [{ from: again, to }], breaks: [{ ...lost, from: began, to: again }] },
      ],
      began: [{ cluster: 'prod', namespace: 'shop', at: began }],
    });
  });

  test('says for how many events its filter could not be evaluated', async () => {
    const api = await servedJson();
    await api.commit([{ resourceVersion: 10 }, { resourceVersion: 11 }]);
    const cel = encodeURIComponent('event.metadata.labels["app"] == "web"');
    const { body } = await api.ask(`/events?cel=${cel}`);
    expect([body.data.rows, body.leftOut]).toEqual([[], { unevaluated: { events: 2, detail: expect.any(String) } }]);
  });

  test.each(['/facets?', '/facets?fields=reason&q=reason:BackOff&', '/complete?', '/complete?q=reason:BackOff&'])(
    '%s says so, each event once',
    async (target) => {
      const api = await servedJson();
      await api.commit([{ resourceVersion: 10 }, { resourceVersion: 11 }]);
      const cel = encodeURIComponent('event.metadata.labels["app"] == "web"');
      const { leftOut } = (await api.ask(`${target}cel=${cel}`)).body;
      expect(leftOut).toEqual({ unevaluated: { events: 2, detail: expect.any(String) } });
    },
  );

  test.each(['/events?', '/series?', '/histogram?by=reason&', '/facets?fields=reason&'])(
    '%s does not tell that a filter could not be evaluated for what may not be seen',
    async (target) => {
      const api = await servedJson({
        access: { events: async () => ({ notBefore: START + 50_000 }), path: async () => {} },
      });
      await api.commit([
        { event: 1, resourceVersion: 10, second: 0 },
        { event: 2, resourceVersion: 11, second: 60 },
      ]);
      const cel = encodeURIComponent('event.metadata.labels["app"] == "web"');
      const { body } = await api.ask(`${target}namespace=shop&cel=${cel}`);
      expect(body.leftOut.unevaluated.events).toBe(1);
    },
  );

  test('is of the clusters that know the caller', async () => {
    let known: readonly string[] = ['prod'];
    const events = async ({ cluster }: EventsAttempt) => {
      if (!known.includes(cluster)) throw unauthorized();
      if (cluster === 'test') throw forbidden();
      return {};
    };
    const api = await servedJson({ access: { events, path: async () => {} } });
    await api.commit([{ event: 1, resourceVersion: 10 }]);
    await api.commit([{ event: 2, resourceVersion: 11 }], { cluster: 'test' });
    const { body } = await api.ask('/events');
    expect([idsOf(body.data.rows), body.leftOut]).toEqual([
      ['10'],
      { refused: [{ cluster: 'test', detail: 'Unauthorized' }] },
    ]);
    const uidOf = (event: number) =>
      revision({ event, resourceVersion: 1, object: 1, second: 0, count: 1 }).body.metadata.uid;
    const event = `/events/${uidOf(2)}/11`;
    expect((await api.ask(event)).body.detail).toBe(`found no event ${uidOf(2)}/11`);
    known = ['test'];
    expect([(await api.ask('/events')).status, (await api.ask(event)).status]).toEqual([403, 401]);
    known = [];
    expect([(await api.ask('/events')).status, (await api.ask(event)).status]).toEqual([401, 401]);
  });

  test('asks who it is before it tells that there is nothing', async () => {
    const refuse = async () => {
      throw unauthorized();
    };
    const api = await servedJson({ access: { events: refuse, path: refuse } });
    for (const target of ['/events', '/series', '/events/nobody/1', '/coverage', '/meta', '/clusters']) {
      const { status, headers } = await api.ask(target);
      expect([target, status, headers.get('www-authenticate')]).toEqual([target, 401, 'Bearer']);
    }
  });
});

describe('an error', () => {
  test.each([
    ['/events?limit=0', 400, { parameter: 'limit', detail: 'limit: found "0", want a whole number from 1 to 1000' }],
    ['/events?limit=x', 400, { parameter: 'limit' }],
    ['/events?limit=1&limit=2', 400, { parameter: 'limit' }],
    ['/events?form=now', 400, { parameter: 'form', hint: 'Did you mean from?' }],
    ['/events?from=yesterday', 400, { parameter: 'from' }],
    ['/events?from=now&to=now-1h', 400, { parameter: 'from' }],
    ['/events?tz=Mars', 400, { parameter: 'tz' }],
    ['/events?cursor=x', 400, { parameter: 'cursor' }],
    ['/events?cluster=nobody', 400, { parameter: 'cluster' }],
    [
      '/events?q=reason:a+reson:b',
      400,
      {
        parameter: 'q',
        code: 'FILTER_INVALID',
        position: { line: 1, column: 10 },
        detail: expect.stringMatching(/^unknown key reson/),
      },
    ],
    [
      '/events?cel=event.x',
      400,
      { parameter: 'cel', code: 'FILTER_INVALID', position: { line: 1, column: expect.any(Number) } },
    ],
    ['/nowhere', 404, { title: 'Not Found', detail: 'found no /tidings/v1/nowhere' }],
  ])('says what is wrong: %s', async (target, status, problem) => {
    const api = await servedJson();
    await api.commit([{ resourceVersion: 10 }]);
    const answer = await api.ask(target);
    expect([answer.status, answer.body]).toEqual([status, expect.objectContaining({ status, ...problem })]);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(api.logged).toEqual([]);
  });

  test('of a method names those there are', async () => {
    const api = await servedJson();
    const { status, headers } = await api.ask('/events', { method: 'POST' });
    expect([status, headers.get('allow')]).toEqual([405, 'GET']);
  });

  test('that nobody expected is told to the log alone', async () => {
    const api = await servedJson({
      access: {
        events: async () => {
          throw new TypeError('a secret');
        },
        path: async () => {},
      },
    });
    await api.commit([{ resourceVersion: 10 }]);
    const { status, body } = await api.ask('/events');
    expect([status, JSON.stringify(body).includes('secret')]).toEqual([500, false]);
    expect(api.logged).toEqual([expect.stringContaining('a secret')]);
  });

  test('is no news when it is that the caller has gone', async () => {
    const api = await servedJson();
    const socket = connect({ port: Number(new URL(api.url).port), host: '127.0.0.1' });
    const head = 'PUT /tidings/v1/saved-queries/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{';
    socket.write(head, () => socket.destroy());
    await once(socket, 'close');
    // By then the other end of it has closed too.
    for (let turns = 0; turns < 3; turns++) await api.ask('/meta');
    expect(api.logged).toEqual([]);
  });

  test('is answered while there is no store, until there is one', async () => {
    let attempts = 0;
    const api = await servedJson({
      open: () => {
        if (attempts++ === 0) throw new AppError('STORE_NOT_FOUND', 'open the store: found no such file, want a store');
        throw new AppError('STORE_NEWER', 'open the store: found version 9');
      },
    });
    expect((await api.ask('/meta')).body).toMatchObject({ status: 503, code: 'STORE_NOT_FOUND' });
    expect((await api.ask('/meta')).body).toMatchObject({ status: 503, code: 'STORE_NEWER' });
  });

  test('is what is answered to whatever cannot be understood, and nothing breaks', async () => {
    const api = await servedJson();
    await api.commit([{ resourceVersion: 10 }, { resourceVersion: 11, reason: 'Pulled' }]);
    const cursor = (await api.ask('/events?limit=1')).body.data.next as string;
    const odd = fc.oneof(
      fc.string(),
      fc.constantFrom('', '0', '-1', '1e400', 'now', 'now-', 'now-1000y', 'NaN', '*', '%', '__proto__', 'é', cursor),
      fc.constantFrom('0000-01-01T00:00:00Z', '9999-12-31T23:59:60Z', '+275760-09-13T00:00:00Z', '[1,2,"x"]'),
      fc.constant(Buffer.from('[1e300,2e300,""]').toString('base64url')),
      fc.constant(Buffer.from('[0,1,"1-x-1-1-1-1-1"]').toString('base64url')),
    );
    const names = [
      'from',
      'to',
      'cluster',
      'namespace',
      'q',
      'cel',
      'tz',
      'limit',
      'cursor',
      'by',
      'top',
      'buckets',
      'fields',
      'object',
      'objectUid',
    ];
    const parameters = fc.array(fc.tuple(fc.constantFrom(...names), odd), { maxLength: 3 });
    const paths = fc.oneof(
      fc.constantFrom('/events', '/series', '/histogram', '/facets', '/coverage', '/meta', '/'),
      fc.tuple(odd, odd).map(([uid, version]) => `/events/${encodeURIComponent(uid)}/${encodeURIComponent(version)}`),
    );
    await fc.assert(
      fc.asyncProperty(paths, parameters, async (path, given) => {
        const query = new URLSearchParams(given).toString();
        expect((await api.ask(`${path}?${query}`)).status).toBeLessThan(500);
      }),
      { numRuns: 300 },
    );
    expect(api.logged).toEqual([]);
  });

  test('refuses pages of other sites', async () => {
    const { url } = await servedJson();
    const { port } = new URL(url);
    const status = await new Promise((resolve, reject) => {
      const headers = { Host: 'rebound.example.com' };
      const asked = httpRequest({ host: '127.0.0.1', port, path: '/tidings/v1/meta', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.on('error', reject);
      asked.end();
    });
    expect(status).toBe(403);
  });
});

describe('the OpenAPI document', () => {
  test('describes every operation by the schemas that check it', async () => {
    const { url } = await servedJson();
    const response = await fetch(`${url}/tidings/v1/openapi.json`);
    const document = (await response.json()) as { paths: Record<string, Record<string, unknown>> };
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const there = OPERATIONS.map(({ method, path }) => `${method} /tidings/v1${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    expect(described.toSorted()).toEqual(there.toSorted());
    expect(document).toMatchObject({
      openapi: '3.1.1',
      paths: {
        '/tidings/v1/events': {
          get: {
            operationId: 'getEvents',
            parameters: expect.arrayContaining([
              {
                name: 'limit',
                in: 'query',
                schema: { type: 'integer', minimum: 1, maximum: 1000, default: 200 },
              },
              {
                name: 'cluster',
                in: 'query',
                description: expect.any(String),
                schema: expect.objectContaining({ type: 'array' }),
              },
            ]),
            responses: { 200: expect.anything(), '4XX': { $ref: '#/components/responses/Problem' } },
          },
        },
        '/tidings/v1/events/{uid}/{resourceVersion}': {
          get: {
            parameters: [
              { name: 'uid', in: 'path', required: true },
              { name: 'resourceVersion', in: 'path' },
            ],
          },
        },
      },
    });
  });
});

describe('what there is', () => {
  test('is told by /meta and /clusters', async () => {
    const api = await servedJson();
    await api.commit([{ resourceVersion: 10, second: 0 }]);
    await api.commit([{ resourceVersion: 20, second: 0 }], { cluster: 'test', observed: { from: START, to: START } });
    const clusters = [
      { name: 'prod', watching: true, observedUntil: '2026-01-02T04:00:00.000Z' },
      { name: 'test', watching: false, observedUntil: '2026-01-02T03:00:00.000Z' },
    ];
    expect((await api.ask('/meta')).body.data).toEqual({
      version: '0.0.0',
      now: '2026-01-02T04:00:00.000Z',
      zone: expect.any(String),
      clusters,
      retentionFrom: '2026-01-02T03:00:00.000Z',
      rights: { administer: false, sinks: false },
      severities: ['critical', 'warning', 'change', 'normal'],
    });
    expect((await api.ask('/clusters')).body.data).toEqual(clusters);
  });

  test('is told by /coverage, step by step', async () => {
    const api = await servedJson();
    await api.commit([], {
      breaks: [{ from: START + HOUR, to: START + 2 * HOUR, cause: 'unreachable', healed: false, unknown: 'revisions' }],
    });
    api.clock.now = START + 3 * HOUR;
    await api.commit([], { observed: { from: START + 2 * HOUR, to: START + 3 * HOUR } });
    const { body } = await api.ask('/coverage?from=2026-01-02T03:00:00Z&to=2026-01-02T06:00:00Z');
    const [scope] = body.data.scopes;
    expect([body.data.start, body.data.stepMs]).toEqual(['2026-01-02T03:00:00.000Z', 60_000]);
    expect(scope.cells.slice(58, 62)).toEqual([1, 1, 0, 0]);
    expect(scope.cells.slice(118, 122)).toEqual([0, 0, 1, 1]);
    expect(scope.breaks).toEqual([
      {
        from: '2026-01-02T04:00:00.000Z',
        to: '2026-01-02T05:00:00.000Z',
        cause: 'unreachable',
        healed: false,
        unknown: 'revisions',
      },
    ]);
  });

  test('is told by /coverage by the hour too, as hours begin in the zone', async () => {
    const api = await servedJson();
    api.clock.now = START + 3.25 * HOUR;
    await api.commit([], { observed: { from: START, to: START + 1.5 * HOUR } });
    await api.commit([], { observed: { from: START + 1.75 * HOUR, to: api.clock.now } });
    const cells = async (query: string) => {
      const { data } = (await api.ask(`/coverage?step=1h&from=2026-01-02T02:00:00Z&to=2026-01-02T08:00:00Z${query}`))
        .body;
      return [data.start, data.stepMs, data.scopes[0].cells];
    };
    expect(await cells('')).toEqual(['2026-01-02T02:00:00.000Z', HOUR, [0, 1, 0.75, 1, 1, 0, 0]]);
    expect(await cells('&tz=Asia/Kolkata')).toEqual(['2026-01-02T01:30:00.000Z', HOUR, [0, 0.5, 1, 0.75, 1, 0, 0]]);
    expect((await api.ask('/coverage?step=1h&from=now-101d')).body).toMatchObject({ status: 400, parameter: 'step' });
  });
});
