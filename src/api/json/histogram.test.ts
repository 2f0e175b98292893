import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { START } from '../../../test/contract/event-arbitrary.ts';
import { HOUR, servedJson } from '../../../test/helpers/served-json.ts';

const RANGE = 'from=2026-01-02T03:00:00Z&to=2026-01-02T04:59:59.999Z';

async function threeReasons() {
  const api = await servedJson();
  api.clock.now = START + 2 * HOUR;
  await api.commit([
    { event: 1, resourceVersion: 10, second: 0, count: 2 },
    { event: 1, resourceVersion: 11, second: 3_700, count: 7 },
    { event: 2, resourceVersion: 12, second: 60, reason: 'Pulled', type: 'Normal' },
    { event: 3, resourceVersion: 13, second: 4_000, reason: 'Unhealthy', namespace: 'bank' },
    { event: 4, resourceVersion: 14, second: 4_100, reason: 'ScalingReplicaSet', type: 'Normal', kind: 'Deployment' },
  ]);
  return api;
}

describe('a histogram', () => {
  test('counts occurrences by step and severity, the severest first', async () => {
    const api = await threeReasons();
    const { body } = await api.ask(`/histogram?${RANGE}&buckets=2`);
    expect(body).toMatchObject({ lowerBound: false });
    expect(body.data).toEqual({
      start: '2026-01-02T03:00:00.000Z',
      stepMs: HOUR,
      keys: ['critical', 'warning', 'change', 'normal'],
      counts: [
        [2, 5],
        [0, 1],
        [0, 1],
        [1, 0],
      ],
      lower: [false, false],
      total: 10,
    });
  });

  test('takes as long as somebody is ready to wait, but not longer', async () => {
    const api = await threeReasons();
    const timeout = vi.spyOn(AbortSignal, 'timeout');
    await api.ask(`/histogram?${RANGE}&buckets=2&timeoutSeconds=30`);
    expect(timeout).toHaveBeenLastCalledWith(30_000);
    timeout.mockRestore();
    const { body } = await api.ask(`/histogram?${RANGE}&timeoutSeconds=31`);
    expect(body).toMatchObject({ status: 400, parameter: 'timeoutSeconds' });
  });

  test('says once of how many events a filter could not be evaluated, also where it counted twice', async () => {
    const api = await servedJson();
    api.clock.now = START + 2 * HOUR;
    const specs = Array.from({ length: 600 }, (_, index) => ({ resourceVersion: index + 1, second: index }));
    await api.commit(specs);
    // The first count has no time.
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValueOnce(AbortSignal.abort());
    onTestFinished(() => timeout.mockRestore());
    const cel = encodeURIComponent('event.metadata.labels["app"] == "web"');
    const { body } = await api.ask(`/histogram?${RANGE}&cel=${cel}`);
    expect(timeout).toHaveBeenCalledTimes(2);
    expect(body.data.stepMs).toBe(HOUR);
    expect(body.leftOut.unevaluated.events).toBe(specs.length);
  });

  test('names the most frequent values, and counts the others together', async () => {
    const api = await threeReasons();
    const { data } = (await api.ask(`/histogram?${RANGE}&buckets=12&by=reason&top=1`)).body;
    expect([data.keys, data.stepMs]).toEqual([['BackOff', null], 600_000]);
    expect(data.counts).toEqual([
      [2, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0],
      [1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0],
    ]);
  });

  test('counts the same whatever the filter is asked of, groups or events', async () => {
    const api = await threeReasons();
    const counted = async (cel: string, buckets: number) =>
      (await api.ask(`/histogram?${RANGE}&buckets=${buckets}&by=kind&cel=${encodeURIComponent(cel)}`)).body.data;
    for (const buckets of [1, 2, 100]) {
      const byGroup = await counted('event.reason == "BackOff"', buckets);
      expect(byGroup.total).toBe(7);
      expect(await counted('event.message.contains("Back-off") && event.reason == "BackOff"', buckets)).toEqual(
        byGroup,
      );
    }
  });

  test('begins days as the zone does, and marks the steps that were not watched', async () => {
    const api = await threeReasons();
    const query = 'from=2026-01-01T12:00:00Z&to=2026-01-03T11:59:59Z&buckets=2';
    const { data } = (await api.ask(`/histogram?${query}&tz=Asia/Tokyo`)).body;
    expect([data.start, data.stepMs, data.lower]).toEqual(['2025-12-31T15:00:00.000Z', 24 * HOUR, [true, true, false]]);
  });
});

describe('facets', () => {
  test('are the values of fields with their occurrences, the most frequent first', async () => {
    const api = await threeReasons();
    expect((await api.ask(`/facets?${RANGE}&top=2`)).body.data).toEqual({
      severity: {
        values: [
          { value: 'critical', occurrences: 7 },
          { value: 'warning', occurrences: 1 },
        ],
        more: 2,
      },
      type: {
        values: [
          { value: 'Warning', occurrences: 8 },
          { value: 'Normal', occurrences: 2 },
        ],
        more: 0,
      },
      reason: {
        values: [
          { value: 'BackOff', occurrences: 7 },
          { value: 'Pulled', occurrences: 1 },
        ],
        more: 2,
      },
      namespace: {
        values: [
          { value: 'shop', occurrences: 9 },
          { value: 'bank', occurrences: 1 },
        ],
        more: 0,
      },
      kind: {
        values: [
          { value: 'Pod', occurrences: 9 },
          { value: 'Deployment', occurrences: 1 },
        ],
        more: 0,
      },
      cluster: { values: [{ value: 'prod', occurrences: 10 }], more: 0 },
    });
  });

  test('are counted without what the short form says of the field itself', async () => {
    const api = await threeReasons();
    const { data } = (await api.ask(`/facets?${RANGE}&fields=reason&fields=type&q=reason:BackOff+namespace:shop`)).body;
    expect(data).toEqual({
      reason: {
        values: [
          { value: 'BackOff', occurrences: 7 },
          { value: 'Pulled', occurrences: 1 },
          { value: 'ScalingReplicaSet', occurrences: 1 },
        ],
        more: 0,
      },
      type: { values: [{ value: 'Warning', occurrences: 7 }], more: 0 },
    });
    expect((await api.ask('/facets?fields=node')).body).toMatchObject({ status: 400, parameter: 'fields' });
  });

  test('of a range that lies within an hour are of that range', async () => {
    const api = await threeReasons();
    const { data } = (await api.ask('/facets?from=2026-01-02T03:00:30Z&to=2026-01-02T04:01:00Z&fields=reason')).body;
    expect(data.reason.values).toEqual([{ value: 'Pulled', occurrences: 1 }]);
  });
});
