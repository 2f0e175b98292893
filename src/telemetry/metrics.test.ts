import { describe, expect, test } from 'vitest';
import { createMetrics, createProcessRegistry, createReloadMetrics, MAX_OCCURRENCE_SERIES } from './metrics.ts';

describe('countOccurrences', () => {
  test('counts what is beyond the bound of series under other, and loses nothing', async () => {
    const { countOccurrences, registry } = createMetrics();
    const labels = (reason: string) => ({ cluster: 'prod', namespace: 'shop', kind: 'Pod', reason, type: 'Normal' });
    const reasons = Array.from({ length: MAX_OCCURRENCE_SERIES + 50 }, (_, index) => `Reason${index}`);
    for (const reason of reasons) countOccurrences(labels(reason), 2);
    countOccurrences(labels('Reason0'), 3);
    await registry.metrics();
    countOccurrences(labels('Reason0'), 1);
    const series = (await registry.metrics())
      .split('\n')
      .filter((line) => line.startsWith('tidings_event_occurrences_total{'));
    expect(series).toHaveLength(MAX_OCCURRENCE_SERIES + 1);
    expect(series).toContain(
      'tidings_event_occurrences_total{cluster="prod",namespace="other",kind="other",reason="other",type="other"} 100',
    );
    expect(series).toContain(
      'tidings_event_occurrences_total{cluster="prod",namespace="shop",kind="Pod",reason="Reason0",type="Normal"} 6',
    );
  });
});

test('createReloadMetrics keeps the time of the last success while attempts fail', async () => {
  const registry = createProcessRegistry('1.0.0');
  const onReload = createReloadMetrics(registry);
  const valueOf = async (name: string) =>
    Number(new RegExp(`^tidings_config_last_reload_${name} (\\S+)$`, 'm').exec(await registry.metrics())?.[1]);
  const before = Date.now() / 1000;
  onReload(true);
  const succeeded = await valueOf('success_timestamp_seconds');
  expect(succeeded).toBeGreaterThanOrEqual(before);
  expect(await valueOf('successful')).toBe(1);
  onReload(false);
  expect(await valueOf('successful')).toBe(0);
  expect(await valueOf('success_timestamp_seconds')).toBe(succeeded);
});
