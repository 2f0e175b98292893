import { describe, expect, test } from 'vitest';
import { DEFAULT_STATE } from '../state/page-state.ts';
import { sharedQuestion } from './question.ts';

const NOW = Date.parse('2026-03-12T03:00:00Z');

describe('sharedQuestion', () => {
  test('fixes a range that would go on with the clock, and says so', () => {
    const { from, to, wasRelative } = sharedQuestion({ ...DEFAULT_STATE, from: 'now-1h' }, undefined, NOW);
    expect([from, to, wasRelative]).toEqual(['2026-03-12T02:00:00Z', '2026-03-12T03:00:00Z', true]);
    const fixed = { from: '2026-03-12T01:00:00Z', to: '2026-03-12T02:00:00Z' };
    expect(sharedQuestion({ ...DEFAULT_STATE, ...fixed }, undefined, NOW)).toMatchObject({
      ...fixed,
      wasRelative: false,
    });
  });

  test('of an object finds what its view shows', () => {
    const place = { kind: 'Pod', namespace: 'shop', name: 'web-0', isWorkload: false };
    expect(sharedQuestion({ ...DEFAULT_STATE, q: '-type:Normal' }, place, NOW).q).toBe(
      'namespace:shop kind:Pod name:web-0 -type:Normal',
    );
  });
});
