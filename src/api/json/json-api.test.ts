import { describe, expect, test } from 'vitest';
import { revision, START } from '../../../test/contract/event-arbitrary.ts';
import { HOUR, idsOf, servedJson } from '../../../test/helpers/served-json.ts';
import type { EventsAttempt } from '../access.ts';
import { FAIR_USE, FairUse } from '../fair-use.ts';
import { failure, StatusError } from '../status-error.ts';

const forbidden = () => new StatusError(failure(403, 'you may not', { reason: 'Forbidden' }));
const unauthorized = () =>
  new StatusError(failure(401, 'Unauthorized', { reason: 'Unauthorized' }), { 'WWW-Authenticate': 'Bearer' });

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
