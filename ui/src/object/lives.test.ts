import { describe, expect, test } from 'vitest';
import { livesOf, nodesOf } from './lives.ts';
import type { Incarnation, ObjectSummary } from './object-question.ts';
import { siblingsOf } from './siblings.ts';

const SEVERITIES = ['critical', 'warning', 'change', 'normal'] as const;

function life(change: Partial<Incarnation>): Incarnation {
  const start = '2026-03-12T01:00:00.000Z';
  return { cluster: 'c', kind: 'Pod', name: 'web-0', uid: 'u', node: 'node-1', start, occurrences: 1, ...change };
}

type Mark = readonly [seconds: number, lane: number, reason: string];

function summary(object: ObjectSummary['object'], incarnations: Incarnation[], marks: readonly Mark[]): ObjectSummary {
  const reasons = [...new Set(marks.map(([, , reason]) => reason))];
  const times = marks.map(([seconds]) => seconds * 1_000);
  return {
    object,
    owners: [],
    node: '',
    occurrences: marks.length,
    incarnations,
    more: 0,
    reasons: [],
    marks: {
      t0: times[0] ?? 0,
      dt: times.map((time, row) => time - (times[row - 1] ?? time)),
      lane: marks.map(([, lane]) => lane),
      severity: marks.map(() => 1),
      reason: marks.map(([, , reason]) => reasons.indexOf(reason)),
      count: marks.map(() => 1),
      id: marks.map(([seconds]) => `at-${seconds}`),
    },
    dict: { severities: [...SEVERITIES], reasons },
  };
}

const POD = { kind: 'Pod', namespace: 'shop', name: 'web-0' };
const NODE = { kind: 'Node', namespace: '', name: 'node-1' };

describe('livesOf', () => {
  const pod = summary(
    POD,
    [life({ uid: 'second', node: 'node-2' }), life({ uid: 'first', end: '2026-03-12T02:00:00Z' })],
    [
      [10, 1, 'Started'],
      [20, 1, 'Killing'],
      [40, 0, 'Started'],
    ],
  );

  test('numbers the incarnations of one name, and puts its nodes below', () => {
    const node = summary(NODE, [life({ kind: 'Node', name: 'node-1', uid: 'n' })], [[15, 0, 'NodeNotReady']]);
    const { lanes, incarnations, marks, dict } = livesOf(pod, [node]);
    expect(lanes.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['Pod #2 node-2', 'Pod #1 node-1', 'Node node-1']);
    expect(incarnations.map(({ lane, uid, end }) => [lane, uid, end])).toEqual([
      [0, 'second', undefined],
      [1, 'first', '2026-03-12T02:00:00Z'],
    ]);
    expect(marks?.id).toEqual(['at-10', 'at-15', 'at-20', 'at-40']);
    expect(marks?.dt).toEqual([0, 5_000, 5_000, 20_000]);
    expect(marks?.lane).toEqual([1, 2, 1, 0]);
    expect(marks?.reason.map((reason) => dict.reasons[reason])).toEqual([
      'Started',
      'NodeNotReady',
      'Killing',
      'Started',
    ]);
  });

  test('leaves out what has no lane any more', () => {
    const many = Array.from({ length: 50 }, (_, index) => life({ uid: `u${index}`, name: `web-${index}` }));
    const workload = summary({ ...POD, kind: 'StatefulSet', name: 'web' }, many, [
      [1, 49, 'Started'],
      [2, 39, 'Started'],
    ]);
    const { lanes, marks } = livesOf(workload, []);
    expect([lanes.length, lanes[0]?.name, marks?.id]).toEqual([40, 'web-0', ['at-2']]);
  });
});

test('nodesOf names each once, the latest first, and none of a node', () => {
  const lives = [life({ node: 'b' }), life({ node: '' }), life({ node: 'a' }), life({ node: 'b' })];
  expect(nodesOf(summary(POD, lives, []))).toEqual(['b', 'a']);
  expect(nodesOf(summary(NODE, lives, []))).toEqual([]);
});

test('siblingsOf has what else a workload has of the same kind, each once', () => {
  const workload = summary(
    { kind: 'StatefulSet', namespace: 'shop', name: 'web' },
    [
      life({ name: 'web-1', uid: 'new', occurrences: 2 }),
      life({ name: 'web-0' }),
      life({ kind: 'StatefulSet', name: 'web' }),
      life({ name: 'web-1', uid: 'old', occurrences: 3, end: '2026-03-12T02:00:00Z' }),
      life({ name: 'web-2', end: '2026-03-12T02:00:00Z' }),
    ],
    [],
  );
  expect(siblingsOf(workload, POD)).toEqual([
    { kind: 'Pod', namespace: 'shop', name: 'web-1', occurrences: 5, isEnded: false },
    { kind: 'Pod', namespace: 'shop', name: 'web-2', occurrences: 1, isEnded: true },
  ]);
});
