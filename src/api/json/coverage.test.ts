import { describe, expect, test } from 'vitest';
import { START } from '../../../test/contract/event-arbitrary.ts';
import { HOUR, servedJson } from '../../../test/helpers/served-json.ts';

describe('coverage', () => {
  test('is told step by step', async () => {
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

  test('is told by the hour too, as hours begin in the zone', async () => {
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
