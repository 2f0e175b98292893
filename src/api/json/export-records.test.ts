import { describe, expect, test } from 'vitest';
import { revision, START } from '../../../test/contract/event-arbitrary.ts';
import { servedJson } from '../../../test/helpers/served-json.ts';
import type { StoredEvent } from '../../component/history.ts';
import { storedEventOf } from '../../formats/stored-event.ts';
import type { EventsAttempt } from '../access.ts';
import { failure, StatusError } from '../status-error.ts';

interface Line {
  readonly kind: string;
  readonly next?: string;
}

type Api = Awaited<ReturnType<typeof servedJson>>;

/** Everything, by as many requests as it takes. */
async function exported(api: Api, query: string): Promise<{ events: StoredEvent[]; end: Line; requests: number }> {
  const events: StoredEvent[] = [];
  let cursor = '';
  for (let requests = 1; ; requests++) {
    const { status, body } = await api.ask(`/export?${query}${cursor}`);
    expect(status).toBe(200);
    const lines = body as Line[];
    const end = lines.pop();
    if (end?.kind !== 'ExportEnd') throw new Error('found no end');
    events.push(...lines.map(storedEventOf));
    if (end.next === undefined) return { events, end, requests };
    cursor = `&cursor=${encodeURIComponent(end.next)}`;
  }
}

const versions = ({ events }: { events: readonly StoredEvent[] }) =>
  events.map(({ body }) => body.metadata.resourceVersion);

async function stored(options: Parameters<typeof servedJson>[0] = {}): Promise<Api> {
  const api = await servedJson(options);
  const end = revision({ event: 3, resourceVersion: 20, object: 1, second: 0, count: 1 }, { receivedAt: START + 5 });
  await api.commit(
    [
      { event: 1, resourceVersion: 10, second: 0, count: 1 },
      { event: 1, resourceVersion: 13, second: 600, count: 4 },
      { event: 2, resourceVersion: 11, second: 300, reason: 'Pulled', type: 'Normal', namespace: 'bank', object: 2 },
      { event: 3, resourceVersion: 12, second: 400 },
    ],
    { deletions: [end] },
  );
  return api;
}

describe('an export', () => {
  test('restores exactly what is stored, in both orders, in as many pages as it takes', async () => {
    const api = await stored();
    const whole = async (order: 'oldest-first' | 'newest-first', revisions: boolean) => {
      const events: StoredEvent[] = [];
      for await (const event of api.store.events({}, { order, revisions })) events.push(event);
      return events;
    };
    for (const order of ['oldest-first', 'newest-first'] as const) {
      for (const revisions of [true, false]) {
        const { events, requests } = await exported(api, `order=${order}&revisions=${revisions}&limit=1`);
        expect(events).toEqual(await whole(order, revisions));
        expect(requests).toBeGreaterThanOrEqual(events.length);
      }
    }
    expect((await whole('oldest-first', false)).filter(({ deletedAt }) => deletedAt !== undefined)).toHaveLength(1);
  });

  test.each([
    ['revisions=true', ['10', '11', '12', '13']],
    ['type=Normal', ['11']],
    ['reason=Pulled&reason=Other', ['11']],
    ['namespace=bank', ['11']],
    ['object=pod/web-1', ['12', '13']],
    ['object=Job/web-1', []],
    ['q=reason:Pulled', ['11']],
    ['cel=event.count>3', ['13']],
    ['from=now-54m&to=now-52m', ['12']],
  ])('is of what %s says', async (query, wanted) => {
    expect(versions(await exported(await stored(), query))).toEqual(wanted);
  });

  test('is of what the caller may see, and names the rest', async () => {
    const api = await stored({
      access: {
        async events({ namespace }: EventsAttempt) {
          if (namespace === 'shop') return { notBefore: START + 500_000 };
          throw new StatusError(failure(403, 'you may not', { reason: 'Forbidden' }));
        },
        path: async () => {},
      },
    });
    const found = await exported(api, 'namespace=shop&namespace=bank&revisions=true&limit=1');
    expect(versions(found)).toEqual(['13']);
    expect(found.end).toMatchObject({
      refused: [{ cluster: 'prod', namespace: 'bank', detail: 'you may not' }],
      began: [{ cluster: 'prod', namespace: 'shop', at: new Date(START + 500_000).toISOString() }],
    });
    expect((await api.ask('/export')).status).toBe(403);
  });

  test('says of how many events a filter could not be evaluated, and refuses what it does not know', async () => {
    const api = await stored();
    const { end } = await exported(api, 'cel=event.metadata.labels.team=="a"');
    expect(end).toMatchObject({ unevaluated: { events: 3, detail: expect.stringContaining('team') } });
    for (const query of ['cursor=x', 'object=web', 'order=up', 'limit=0', 'cel=x', 'revisions=1'])
      expect([query, (await api.ask(`/export?${query}`)).status]).toEqual([query, 400]);
  });
});

describe('the ledger', () => {
  test('is told scope by scope, only of what matters to the namespaces asked for', async () => {
    const api = await servedJson();
    const observed = { from: START, to: START + 1_234 };
    const gap = {
      from: START + 1_234,
      to: START + 2_000,
      cause: 'stopped',
      healed: true,
      unknown: 'revisions',
    } as const;
    await api.commit([], { scope: 'shop', observed, breaks: [gap] });
    await api.commit([], { scope: 'bank', observed });
    const scopes = async (query: string) => (await api.ask(`/ledger?${query}`)).body.data.scopes;
    const at = (ms: number) => new Date(START + ms).toISOString();
    const shop = {
      cluster: 'prod',
      scope: 'shop',
      observed: [{ from: at(0), to: at(1_234) }],
      breaks: [{ ...gap, from: at(1_234), to: at(2_000) }],
    };
    expect(await scopes('')).toEqual([{ ...shop, scope: 'bank', breaks: [] }, shop]);
    expect(await scopes('namespace=shop')).toEqual([shop]);
    expect(await scopes('namespace=none')).toEqual([{ cluster: 'prod', scope: 'none', observed: [], breaks: [] }]);
  });
});
