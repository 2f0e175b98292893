/** Timelines for tests: three lanes, the second within the first. */
import fc from 'fast-check';
import { SEVERITIES } from '../../../src/core/severity.ts';
import type { TimelineData } from './timeline-question.ts';

export interface TestMark {
  readonly time: number;
  readonly lane: number;
  readonly severity: number;
  readonly count: number;
}

const named = { cluster: 'prod', namespace: 'shop', score: 1, count: 1 };
const LANES: TimelineData['lanes'] = [
  { ...named, id: 'prod/shop/web', kind: 'Deployment', name: 'web' },
  { ...named, id: 'prod/shop/web//Pod/web-0', parent: 'prod/shop/web', kind: 'Pod', name: 'web-0' },
  { ...named, id: 'prod//Node/node-1', kind: 'Node', namespace: '', name: 'node-1' },
];

/** Of a whole answer. */
export const isNeverLower = () => false;

export const markArbitrary: fc.Arbitrary<TestMark> = fc.record({
  time: fc.integer({ min: 0, max: 1_000 }),
  lane: fc.integer({ min: 0, max: LANES.length - 1 }),
  severity: fc.integer({ min: 0, max: SEVERITIES.length - 1 }),
  count: fc.integer({ min: 1, max: 100 }),
});

export function dataOf(marks: readonly TestMark[]): TimelineData {
  const sorted = marks.toSorted((a, b) => a.time - b.time);
  const t0 = sorted[0]?.time ?? 0;
  return {
    lanes: LANES,
    incarnations: [],
    marks: {
      t0,
      dt: sorted.map(({ time }, row) => time - (sorted[row - 1]?.time ?? t0)),
      lane: sorted.map(({ lane }) => lane),
      severity: sorted.map(({ severity }) => severity),
      reason: sorted.map(() => 0),
      count: sorted.map(({ count }) => count),
      id: sorted.map((_, row) => `uid-${row}/1`),
    },
    dict: { severities: [...SEVERITIES], reasons: ['BackOff'] },
  };
}
