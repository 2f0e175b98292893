import { expect, test } from 'vitest';
import { START } from '../../../test/contract/event-arbitrary.ts';
import { servedJson } from '../../../test/helpers/served-json.ts';

test('what there is is told by /meta and /clusters', async () => {
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
