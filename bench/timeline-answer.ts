/**
 * What `/timeline` answers for a week of a cluster with 300 workloads: noise everywhere, one that keeps crashing since a
 * rollout, a storm when nodes went away, and a gap. Seeded, so that every run draws the same.
 */
import type { createClient } from '../src/api/json/client.ts';
import { SEVERITIES } from '../src/core/severity.ts';
import { Random } from '../src/simulator/random.ts';

type Answer = Awaited<ReturnType<ReturnType<typeof createClient>['timeline']>>;
type Lane = Answer['data']['lanes'][number];

interface Mark {
  readonly time: number;
  readonly lane: number;
  readonly severity: number;
  readonly reason: number;
  readonly count: number;
}

const DAY = 86_400_000;
const NAMESPACES = ['shop', 'identity', 'billing', 'data', 'search', 'reports', 'media', 'payments', 'edge', 'orders'];
const NOUNS = ['api', 'worker', 'cron', 'agent', 'gateway', 'cache', 'index', 'sync', 'web', 'relay'];
const SUBJECTS = ['checkout', 'login', 'ranker', 'cart', 'audit', 'quota', 'ledger', 'export', 'carrier', 'thumbs'];
const REASONS = [
  'BackOff',
  'NodeNotReady',
  'Unhealthy',
  'FailedScheduling',
  'ScalingReplicaSet',
  'Pulled',
  'Started',
  'Killing',
];
const SEVERITY_OF = [0, 0, 1, 1, 2, 3, 3, 3] as const;
/** Of all marks: the one that crashes, and the storm. */
const CRASHING = 0.12;
const STORM = 0.03;
const WORKLOADS = 300;
const CRASHING_PODS = 20;

export interface AnswerOptions {
  readonly marks: number;
  readonly days: number;
  /** When the range ends. */
  readonly to: number;
}

export function timelineAnswer({ marks, days, to }: AnswerOptions): Answer {
  const random = new Random(1);
  const from = to - days * DAY;
  const lanes = lanesOf();
  const drawn = marksOf(random, { marks, from, to }).sort((a, b) => a.time - b.time);
  let before = drawn[0]?.time ?? 0;
  const dt = drawn.map(({ time }) => {
    const delta = time - before;
    before = time;
    return delta;
  });
  const counts = new Map<number, number>();
  for (const { lane, count } of drawn) {
    // What is in the open lane is also counted there.
    for (const each of lane <= CRASHING_PODS ? [lane, 0] : [lane]) counts.set(each, (counts.get(each) ?? 0) + count);
  }
  const gap = { from: from + 0.55 * (to - from), to: from + 0.56 * (to - from) };
  return {
    range: { from: iso(from), to: iso(to) },
    coverage: {
      share: 0.99,
      gaps: [{ from: iso(gap.from), to: iso(gap.to), cluster: 'prod', scope: '*', cause: 'stopped', healed: false }],
    },
    lowerBound: true,
    tookMs: 0,
    data: {
      lanes: lanes.map((lane, place) => ({ ...lane, count: counts.get(place) ?? 0 })),
      incarnations: incarnationsOf(random, { from, to }),
      marks: {
        t0: drawn[0]?.time ?? 0,
        dt,
        lane: drawn.map(({ lane }) => lane),
        severity: drawn.map(({ severity }) => severity),
        reason: drawn.map(({ reason }) => reason),
        count: drawn.map(({ count }) => count),
        id: drawn.map((_, row) => `${row.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000/${row}`),
      },
      dict: { severities: [...SEVERITIES], reasons: REASONS },
    },
  };
}

/** The one that crashes is first, and open. */
function lanesOf(): Lane[] {
  const workloads = Array.from({ length: WORKLOADS }, (_, place): Lane => {
    const namespace = NAMESPACES[place % NAMESPACES.length] ?? '';
    const name =
      place === 0
        ? 'checkout-api'
        : `${SUBJECTS[Math.floor(place / 10) % 10]}-${NOUNS[(place + Math.floor(place / 100)) % 10]}-${Math.floor(place / 100) + 1}`;
    return {
      id: `prod/${namespace}/${name}`,
      cluster: 'prod',
      kind: 'Deployment',
      namespace,
      name,
      score: WORKLOADS - place,
      count: 0,
      linkedBy: 'name',
    };
  });
  const [crashing, ...others] = workloads;
  if (!crashing) return workloads;
  const pods = Array.from({ length: CRASHING_PODS }, (_, pod): Lane => {
    const name = `checkout-api-fqh7gl4l9-${(pod * 7919 + 46_656).toString(36).padStart(5, 'x')}`;
    return { ...crashing, id: `${crashing.id}//Pod/${name}`, parent: crashing.id, kind: 'Pod', name };
  });
  return [crashing, ...pods, ...others];
}

function marksOf(random: Random, { marks, from, to }: { marks: number; from: number; to: number }): Mark[] {
  const span = to - from;
  const firstWorkload = CRASHING_PODS + 1;
  return Array.from({ length: marks }, (_, index): Mark => {
    const share = index / marks;
    if (share < CRASHING) {
      const reason = random.next() < 0.7 ? 0 : random.next() < 0.5 ? 2 : 5;
      return mark({
        time: to - random.next() ** 1.2 * span * 0.06,
        lane: 1 + Math.floor(random.next() * CRASHING_PODS),
        reason,
        count: 1 + Math.floor(random.next() * 4),
      });
    }
    if (share < CRASHING + STORM) {
      const time = from + span * (0.9 + 0.004 * random.next());
      return mark({
        time,
        lane: firstWorkload + Math.floor(random.next() * (WORKLOADS - 1)),
        reason: random.next() < 0.6 ? 1 : 3,
        count: 1,
      });
    }
    const reason = 2 + Math.floor(random.next() * 6);
    const lane = firstWorkload + Math.floor(random.next() ** 3 * (WORKLOADS - 1));
    return mark({
      time: from + random.next() * span,
      lane,
      reason: reason === 4 && random.next() < 0.8 ? 6 : reason,
      count: 1,
    });
  });
}

function mark({ time, ...rest }: Omit<Mark, 'severity'>): Mark {
  return { ...rest, time: Math.round(time), severity: SEVERITY_OF[rest.reason] ?? 3 };
}

function incarnationsOf(random: Random, { from, to }: { from: number; to: number }): Answer['data']['incarnations'] {
  return Array.from({ length: CRASHING_PODS }, (_, pod) => {
    const start = to - (to - from) * (0.05 + 0.02 * random.next());
    const node = `node-${'abc'[pod % 3]}-${String(pod + 1).padStart(2, '0')}`;
    const ended = pod % 6 === 5 ? { end: iso(to - (to - from) * 0.03), cause: 'Evicted' } : {};
    return { lane: pod + 1, uid: `uid-${pod}`, node, start: iso(start), ...ended };
  });
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
