import { expect, test } from 'vitest';
import type { Event } from '../../../src/core/event.ts';
import { eventRecord } from '../../../src/core/record.ts';
import { compileFilter } from '../../../src/lang/filter.ts';
import { queryAround } from './around.ts';

const LOADING = {
  cluster: 'prod',
  epoch: 1,
  scope: '*',
  receivedAt: 0,
  origin: 'watch',
  news: true,
} as const;

function selects(query: string, change: Partial<Event>): boolean {
  const event: Event = {
    metadata: { name: 'e.1', namespace: 'shop', uid: 'e1', resourceVersion: '7' },
    involvedObject: { kind: 'Pod', namespace: 'shop', name: 'other-0', uid: 'u' },
    reason: 'Unhealthy',
    type: 'Warning',
    ...change,
  };
  const onError = (error: unknown) => {
    throw error;
  };
  const filter = compileFilter(query.slice(1), { otherwise: false, onError });
  return filter.matches(eventRecord(event, LOADING), { occurrences: 1 });
}

test('queryAround finds what warns of the same workload or node, whatever they are called', () => {
  const name = 'a"b\\c\u202e';
  const pod = (own: string, namespace = 'shop') => ({ kind: 'Pod', namespace, name: own, uid: 'u' });
  const query = queryAround({ object: pod(`${name}-7d9f8b6c5-bcdfg`), node: 'node-1' });
  expect(selects(query, { involvedObject: pod(`${name}-7d9f8b6c5-fghjk`) })).toBe(true);
  expect(selects(query, { involvedObject: pod(`${name}-7d9f8b6c5-fghjk`, 'bank') })).toBe(false);
  expect(selects(query, { involvedObject: pod(`${name}-7d9f8b6c5-fghjk`), type: 'Normal', reason: 'Pulled' })).toBe(
    false,
  );
  expect(selects(query, { source: { component: 'kubelet', host: 'node-1' } })).toBe(true);
  expect(selects(query, { involvedObject: { kind: 'Node', name: 'node-1', uid: 'n' } })).toBe(true);
  expect(selects(query, { involvedObject: { kind: 'Node', name: 'node-2', uid: 'n' } })).toBe(false);
  expect(selects(queryAround({ object: pod('web-0'), node: '' }), { source: { component: 'x' } })).toBe(false);
});
