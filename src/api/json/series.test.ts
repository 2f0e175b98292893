import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { START } from '../../../test/contract/event-arbitrary.ts';
import { HOUR, idsOf, servedJson } from '../../../test/helpers/served-json.ts';
import { failure, StatusError } from '../status-error.ts';

const RANGE = 'from=2026-01-02T03:00:00Z&to=2026-01-02T04:03:59.999Z';

describe('/series', () => {
  async function threeEvents() {
    const api = await servedJson();
    api.clock.now = START + 2 * HOUR;
    await api.commit([
      { event: 1, resourceVersion: 10, second: 0, count: 2 },
      { event: 1, resourceVersion: 11, second: 120, count: 7 },
      { event: 2, resourceVersion: 12, second: 600, count: 40 },
      { event: 3, resourceVersion: 13, second: 3_700, count: 3 },
    ]);
    return api;
  }

  test('says when each event occurred', async () => {
    const api = await threeEvents();
    const { rows } = (await api.ask(`/series?${RANGE}`)).body.data;
    expect(idsOf(rows)).toEqual(['13', '12', '11']);
    expect(rows[2].spark).toEqual([2, 5, ...Array.from({ length: 30 }, () => 0)]);
  });

  test('says it of none where that is not wanted, and of fewer once the time is up', async () => {
    const api = await threeEvents();
    const { rows } = (await api.ask(`/series?${RANGE}&spark=false`)).body.data;
    expect(idsOf(rows)).toEqual(['13', '12', '11']);
    expect(rows.filter((row: object) => 'spark' in row)).toEqual([]);
    await api.commit(Array.from({ length: 60 }, (_, index) => ({ resourceVersion: 20 + index, second: 3_600 })));
    // The page itself is there before anybody looks at the time.
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValueOnce(AbortSignal.abort());
    onTestFinished(() => timeout.mockRestore());
    const cut = (await api.ask(`/series?${RANGE}&limit=60`)).body.data.rows;
    expect([cut.length, cut.filter((row: object) => 'spark' in row).length]).toEqual([60, 50]);
    expect((await api.ask(`/series?${RANGE}&spark=none`)).body).toMatchObject({ status: 400, parameter: 'spark' });
  });

  test('is ordered as it is asked to, page by page', async () => {
    const api = await threeEvents();
    const pages = async (order: string) => {
      const ids: string[][] = [];
      for (let cursor = ''; ; ) {
        const { data } = (await api.ask(`/series?${RANGE}&order=${order}&limit=2${cursor}`)).body;
        ids.push(idsOf(data.rows));
        if (data.next === undefined) return ids;
        cursor = `&cursor=${data.next}`;
      }
    };
    expect(await pages('last')).toEqual([['13', '12'], ['11']]);
    expect(await pages('count')).toEqual([['12', '11'], ['13']]);
    // All of them began at the same time.
    expect(await pages('first')).toEqual([['13', '12'], ['11']]);
    const { next } = (await api.ask(`/series?${RANGE}&order=count&limit=1`)).body.data;
    expect((await api.ask(`/series?order=last&cursor=${next}`)).body).toMatchObject({
      status: 400,
      code: 'CURSOR_INVALID',
    });
    expect((await api.ask('/series?order=size')).body).toMatchObject({ status: 400, parameter: 'order' });
  });
});

describe('/complete', () => {
  test('knows values of fields and names of objects, the most frequent first', async () => {
    const api = await servedJson();
    await api.commit([
      { resourceVersion: 10, count: 2, object: 1 },
      { resourceVersion: 11, count: 5, object: 2, reason: 'Backing' },
      { resourceVersion: 12, object: 3, reason: 'Pulled', type: 'Normal', namespace: 'bank' },
    ]);
    const values = async (query: string) =>
      (await api.ask(`/complete?${query}`)).body.data.map(
        ({ value, occurrences }: { value: string; occurrences: number }) => `${value} ${occurrences}`,
      );
    expect(await values('field=reason&prefix=back')).toEqual(['Backing 5', 'BackOff 2']);
    expect(await values('field=reason&prefix=back&limit=1')).toEqual(['Backing 5']);
    expect(await values('field=reason&q=reason:Pulled+type:Warning')).toEqual(['Backing 5', 'BackOff 2']);
    expect(await values('field=namespace')).toEqual(['shop 7', 'bank 1']);
    expect(await values('field=severity')).toEqual(['critical 2', 'warning 5', 'normal 1']);
    expect(await values('field=pod&prefix=web')).toEqual(['web-2 5', 'web-1 2', 'web-3 1']);
    expect(await values('field=pod&prefix=web&q=type:Normal')).toEqual(['web-3 1']);
    expect(await values('field=pod&prefix=web&q=back')).toEqual(['web-2 5', 'web-1 2', 'web-3 1']);
    expect(await values('field=workload&prefix=w')).toEqual(['web 8']);
    expect(await values('field=node')).toEqual([]);
    expect((await api.ask('/complete?field=uid')).body).toMatchObject({ status: 400, parameter: 'field' });
  });

  test('says nothing of what the caller may not read', async () => {
    const api = await servedJson({
      access: {
        path: async () => {},
        events: async ({ namespace }) => {
          if (namespace !== 'bank') throw new StatusError(failure(403, 'you may not', { reason: 'Forbidden' }));
          return {};
        },
      },
    });
    await api.commit([
      { resourceVersion: 10, object: 1 },
      { resourceVersion: 11, object: 2, namespace: 'bank' },
    ]);
    expect((await api.ask('/complete?field=pod')).status).toBe(403);
    const { data } = (await api.ask('/complete?field=pod&namespace=bank&namespace=shop')).body;
    expect(data).toEqual([{ value: 'web-2', occurrences: 1 }]);
  });
});
