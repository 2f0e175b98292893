import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { frames } from './corpus.ts';
import { statisticsOf } from './corpus-statistics.ts';

function digest(seed: number): string {
  const hash = createHash('sha256');
  for (const frame of frames(2_000, { seed })) hash.update(frame);
  return hash.digest('hex');
}

describe('frames', () => {
  test('gives the same bytes for the same seed, and others for another', () => {
    expect(digest(7)).toBe(digest(7));
    expect(digest(7)).not.toBe(digest(8));
  });

  test('has the shares that the figures are told with', () => {
    const statistics = statisticsOf(frames(20_000));

    expect(statistics.modifiedShare).toBeCloseTo(0.23, 1.5);
    expect(statistics.warningShare).toBeCloseTo(0.28, 1.5);
    expect(statistics.reasons).toBeGreaterThanOrEqual(45);
    expect(statistics.namespaces).toBeGreaterThanOrEqual(200);
    expect(statistics.mostRevisions).toBeGreaterThan(10);
    expect(statistics.meanBytes).toBeGreaterThan(1_150);
    expect(statistics.meanBytes).toBeLessThan(1_350);
  });
});
