import { describe, expect, test } from 'vitest';
import type { EventRow } from '../api/questions.ts';
import { facetValues } from '../facets/facet-values.ts';
import { around } from './around.ts';

function row(uid: string, seconds: number, change: Partial<EventRow> & { readonly name: string }): EventRow {
  const { name, ...rest } = change;
  const at = new Date(seconds * 1_000).toISOString();
  const seen = { first: at, last: at, count: 1, delta: 1, message: '', messageBytes: 0 };
  const facts = { severity: 'warning', type: 'Warning', reason: 'Unhealthy', node: '', source: 'kubelet' } as const;
  const object = { kind: 'Pod', namespace: 'shop', name, uid: name };
  return { id: `${uid}/1`, uid, cluster: 'demo', namespace: 'shop', object, ...facts, ...seen, ...rest };
}

describe('around', () => {
  test('has one of each kind of the same workload or node, the nearest first', () => {
    const event = row('e', 100, { name: 'checkout-7d9f8b6c5-bcdfg', node: 'node-1', reason: 'BackOff' });
    const rows = [
      event,
      row('far', 10, { name: 'checkout-7d9f8b6c5-fghjk' }),
      row('near', 90, { name: 'checkout-7d9f8b6c5-klmnp' }),
      row('node', 120, { name: 'other-0', node: 'node-1', reason: 'Evicted' }),
      row('stranger', 100, { name: 'other-0' }),
      row('calm', 100, { name: 'checkout-7d9f8b6c5-klmnp', severity: 'normal', reason: 'Pulled' }),
    ];
    expect(around(rows, event).map(({ uid }) => uid)).toEqual(['near', 'node']);
  });
});

describe('facetValues', () => {
  test('keeps what was chosen, though it counts nothing', () => {
    const counted = [{ value: 'BackOff', occurrences: 3 }];
    expect(facetValues(counted, 'reason:BackOff,Gone -reason:Failed reason:Web* ns:shop', 'reason')).toEqual([
      { value: 'BackOff', occurrences: 3 },
      { value: 'Gone', occurrences: 0 },
      { value: 'Failed', occurrences: 0 },
    ]);
  });
});
