import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openLanes, withToggled } from './open-lanes.ts';
import { bracketsOf, fittedLanes, shownLanes } from './shown-lanes.ts';
import type { Lane } from './timeline-rows.ts';

function lane(id: string, change: Partial<Lane> = {}): Lane {
  return { id, cluster: 'prod', kind: 'Deployment', namespace: 'shop', name: id, score: 1, count: 1, ...change };
}

describe('shownLanes', () => {
  test('keeps the order of the answer, each open lane before what is in it, and cuts what is too much', () => {
    const pods = Array.from({ length: 43 }, (_, place) => lane(`pod-${place}`, { parent: 'web', kind: 'Pod' }));
    const lanes = [lane('web'), ...pods, lane('node', { kind: 'Node' })];
    const shown = shownLanes(lanes, { group: 'workload', open: new Set(['web']) });
    expect(shown).toHaveLength(43);
    expect(shown[0]).toEqual({ lane: 0, depth: 0, isOpen: true });
    expect(shown[40]).toEqual({ lane: 40, depth: 1 });
    expect(shown[41]).toEqual({ lane: 0, depth: 1, more: 3 });
    // Nothing is in a Node that is shown beside workloads.
    expect(shown[42]).toEqual({ lane: 44, depth: 0 });
    expect(shownLanes([lane('node', { kind: 'Node' })], { group: 'node', open: new Set() })).toEqual([
      { lane: 0, depth: 0, isOpen: false },
    ]);
  });
});

describe('fittedLanes', () => {
  test('has the lanes of a namespace together, in brackets, without what is in an open one', () => {
    const lanes = [lane('a'), lane('a1', { parent: 'a' }), lane('b', { namespace: 'bank' }), lane('c')];
    const shown = fittedLanes(lanes);
    expect(shown.map((each) => each.lane)).toEqual([2, 0, 3]);
    expect(bracketsOf(shown, lanes)).toEqual([
      { namespace: 'bank', first: 0, lanes: 1 },
      { namespace: 'shop', first: 1, lanes: 2 },
    ]);
  });
});

describe('withToggled', () => {
  test('opens and closes lanes of any name', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 })), (names) => {
        const text = names.reduce(withToggled, '');
        expect(openLanes(text)).toEqual(new Set(names));
        expect(names.reduce(withToggled, text)).toBe('');
      }),
    );
    expect(withToggled('prod/shop/a,prod/shop/b', 'prod/shop/a')).toBe('prod/shop/b');
  });
});
