import { describe, expect, test } from 'vitest';
import { createMetrics, MAX_OCCURRENCE_SERIES } from './metrics.ts';

describe('countOccurrences', () => {
  test('counts what is beyond the bound of series under other, and loses nothing', async () => {
    const { countOccurrences, registry } = createMetrics();
    const labels = (reason: string) => ({ cluster: 'prod', namespace: 'shop', kind: 'Pod', reason, type: 'Normal' });
    const reasons = Array.from({ length: MAX_OCCURRENCE_SERIES + 50 }, (_, index) => `Reason${index}`);
    for (const reason of reasons) countOccurrences(labels(reason), 2);
    countOccurrences(labels('Reason0'), 3);
    const series = (await registry.metrics())
      .split('\n')
      .filter((line) => line.startsWith('tidings_event_occurrences_total{'));
    expect(series).toHaveLength(MAX_OCCURRENCE_SERIES + 1);
    expect(series).toContain(
      'tidings_event_occurrences_total{cluster="prod",namespace="other",kind="other",reason="other",type="other"} 100',
    );
    expect(series).toContain(
      'tidings_event_occurrences_total{cluster="prod",namespace="shop",kind="Pod",reason="Reason0",type="Normal"} 5',
    );
  });
});
