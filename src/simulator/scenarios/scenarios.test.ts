/**
 * Every scenario against its components: who says what about which kind of object, and how counts grow. The messages
 * are those of the sources that each scenario's file names; where a real cluster can show them, its own events stand in
 * `fixtures/` (Kubernetes 1.35.4, recorded with kwok's nodes; a kubelet's events could not be).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SimulatedCluster } from '../cluster.ts';
import { SCENARIOS, type ScenarioName } from './index.ts';

interface Served {
  readonly metadata: { readonly name: string; readonly managedFields: readonly Record<string, unknown>[] };
  readonly involvedObject: { readonly kind: string };
  readonly reason: string;
  readonly message: string;
  readonly source: { readonly component?: string };
  readonly reportingComponent: string;
  readonly count?: number;
  readonly series?: { readonly count: number };
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Every revision that a scenario leaves within three hours. */
function play(name: ScenarioName, seed = 5): Served[] {
  const cluster = new SimulatedCluster({
    seed,
    scenarios: new Map([[name, SCENARIOS[name]]]),
    startMs: Date.parse('2026-11-21T12:00:00Z'),
    ttlMs: 3_600_000,
    compactionMs: 24 * 3_600_000,
    rate: 0,
  });
  const { store } = cluster;
  let position = store.positionAfter(store.resourceVersion);
  const revisions: Served[] = [];
  for (let minute = 0; minute < 180; minute += 1) {
    cluster.advance(60_000);
    for (; ; position += 1) {
      const change = store.changeAt(position);
      if (change === undefined || change === 'compacted') break;
      if (change.type !== 'DELETED') revisions.push(JSON.parse(change.event.json) as Served);
    }
  }
  return revisions;
}

const componentOf = (event: Served): string => event.source.component ?? event.reportingComponent;

/** As `component/Kind Reason Type`. */
const saying = (event: Served): string =>
  `${componentOf(event) || event.source.component}/${event.involvedObject.kind} ${event.reason} ${event.type}`;

const POD_STARTS = [
  'default-scheduler/Pod Scheduled Normal',
  'kubelet/Pod Pulling Normal',
  'kubelet/Pod Pulled Normal',
  'kubelet/Pod Created Normal',
  'kubelet/Pod Started Normal',
];
const STARTS_AGAIN = POD_STARTS.slice(2);
const KILLING = 'kubelet/Pod Killing Normal';
const CREATES = 'replicaset-controller/ReplicaSet SuccessfulCreate Normal';
const DELETES = 'replicaset-controller/ReplicaSet SuccessfulDelete Normal';
const SCALES = 'deployment-controller/Deployment ScalingReplicaSet Normal';

const SAYINGS: Readonly<Record<ScenarioName, readonly string[]>> = {
  rollout: [SCALES, CREATES, ...POD_STARTS, DELETES, KILLING],
  // By the time it is stopped the recorder lets nothing Normal through any more.
  'crash-loop-back-off': [...POD_STARTS, 'kubelet/Pod BackOff Warning'],
  'image-pull-back-off': [
    'default-scheduler/Pod Scheduled Normal',
    'kubelet/Pod Pulling Normal',
    'kubelet/Pod Failed Warning',
    'kubelet/Pod BackOff Normal',
    KILLING,
  ],
  'failed-scheduling': [CREATES, 'default-scheduler/Pod FailedScheduling Warning', DELETES, ...POD_STARTS],
  'probe-failure': ['kubelet/Pod Unhealthy Warning', KILLING, ...STARTS_AGAIN],
  'node-not-ready': [
    'node-controller/Node NodeNotReady Normal',
    'node-controller/Pod NodeNotReady Warning',
    'taint-eviction-controller/Pod TaintManagerEviction Normal',
    CREATES,
    ...POD_STARTS,
    'kubelet/Node Starting Normal',
    'kubelet/Node NodeHasSufficientMemory Normal',
    'kubelet/Node NodeHasNoDiskPressure Normal',
    'kubelet/Node NodeHasSufficientPID Normal',
    'kubelet/Node Rebooted Warning',
    'kubelet/Node NodeReady Normal',
  ],
  'node-problem-detector': [
    'kernel-monitor/Node OOMKilling Warning',
    'kernel-monitor/Node TaskHung Warning',
    ...STARTS_AGAIN,
    'kubelet/Pod BackOff Warning',
  ],
  'volume-trouble': [
    ...POD_STARTS,
    'attachdetach-controller/Pod FailedAttachVolume Warning',
    'attachdetach-controller/Pod SuccessfulAttachVolume Normal',
    'kubelet/Pod FailedMount Warning',
    KILLING,
  ],
  hpa: [
    'horizontal-pod-autoscaler/HorizontalPodAutoscaler SuccessfulRescale Normal',
    'horizontal-pod-autoscaler/HorizontalPodAutoscaler FailedGetResourceMetric Warning',
    'horizontal-pod-autoscaler/HorizontalPodAutoscaler FailedComputeMetricsReplicas Warning',
    SCALES,
    CREATES,
    ...POD_STARTS,
    DELETES,
    KILLING,
  ],
  'cron-job': [
    'cronjob-controller/CronJob SuccessfulCreate Normal',
    'job-controller/Job SuccessfulCreate Normal',
    ...POD_STARTS,
    'job-controller/Job Completed Normal',
    'job-controller/Job BackoffLimitExceeded Warning',
    'cronjob-controller/CronJob SawCompletedJob Normal',
    'cronjob-controller/CronJob SuccessfulDelete Normal',
  ],
  eviction: [
    'kubelet/Node EvictionThresholdMet Warning',
    'kubelet/Node NodeHasInsufficientMemory Normal',
    'kubelet/Node NodeHasSufficientMemory Normal',
    'kubelet/Pod Evicted Warning',
    KILLING,
    CREATES,
    ...POD_STARTS,
  ],
  quota: [SCALES, 'replicaset-controller/ReplicaSet FailedCreate Warning', CREATES, ...POD_STARTS],
};

const RECORDED = [
  'rollout',
  'failed-scheduling',
  'quota',
  'cron-job',
  'node-not-ready',
] as const satisfies ScenarioName[];

function recorded(name: ScenarioName): Served[] {
  const text = readFileSync(join(import.meta.dirname, '..', 'fixtures', `${name}.json`), 'utf8');
  return JSON.parse(text) as Served[];
}

/** What differs from run to run is masked: names, numbers, images. */
function masked(message: string): string {
  return message
    .replace(/([a-z-]+\/)?[a-z]+(-[a-z0-9]+)*-[a-z0-9]*\d[a-z0-9]*(-[a-z0-9]+)*/g, 'NAME')
    .replace(/(Marking|Cancelling) (for )?deletion/, 'deletion')
    .replace(/exceeded quota: \w+/, 'exceeded quota: NAME')
    .replaceAll(/\d+/g, '0');
}

/** Paths of all fields with the type of their value, in the order they are printed. */
function shape(value: unknown, path = ''): string[] {
  if (value === null) return [`${path} null`];
  if (Array.isArray(value)) return value.flatMap((item) => shape(item, `${path}[]`));
  if (typeof value !== 'object') return [`${path} ${typeof value}`];
  const entries = Object.entries(value);
  return entries.length === 0 ? [`${path} {}`] : entries.flatMap(([key, inner]) => shape(inner, `${path}.${key}`));
}

const highestCount = (revisions: readonly Served[], reason: string): number =>
  Math.max(...revisions.filter((event) => event.reason === reason).map(({ count = 0 }) => count));

describe.each(Object.keys(SCENARIOS) as ScenarioName[])('scenario %s', (name) => {
  test('has its components say what they say, and nothing else', () => {
    // Enough seeds to come past everything that happens by chance.
    const said = new Set([1, 2, 3].flatMap((seed) => play(name, seed)).map(saying));
    expect([...said].toSorted()).toEqual([...new Set(SAYINGS[name])].toSorted());
  });
});

describe.each(RECORDED)('scenario %s beside a recorded run', (name) => {
  const key = (event: Served): string =>
    `${saying(event)} ${event.message.startsWith('(combined')} ${event.series !== undefined} ${masked(event.message)}`;

  test('shows the same fields in the same order, with the same nulls, managers and messages', () => {
    const simulated = new Map([1, 2, 3].flatMap((seed) => play(name, seed)).map((event) => [key(event), event]));
    const both = recorded(name).filter((event) => simulated.has(key(event)));
    for (const event of both) {
      const twin = simulated.get(key(event));
      expect(shape(twin)).toEqual(shape(event));
      expect(twin?.metadata.managedFields[0]).toMatchObject({
        manager: event.metadata.managedFields[0]?.['manager'],
        apiVersion: event.metadata.managedFields[0]?.['apiVersion'],
        fieldsV1: event.metadata.managedFields[0]?.['fieldsV1'],
      });
    }
    // Every kind of saying that was recorded has met its twin.
    const wanted = new Set(
      recorded(name)
        .map(saying)
        .filter((said) => SAYINGS[name].includes(said)),
    );
    expect(new Set(both.map(saying))).toEqual(wanted);
    expect(wanted.size).toBeGreaterThan(0);
  });
});

describe('counts', () => {
  test('of BackOff grow one by one to 25, as the recorded ones, and then jump', () => {
    const revisions = play('crash-loop-back-off').filter(({ reason }) => reason === 'BackOff');
    const first = revisions[0]?.metadata.name;
    const counts = revisions.filter(({ metadata }) => metadata.name === first).map(({ count }) => count ?? 0);
    expect(counts.slice(0, 25)).toEqual(Array.from({ length: 25 }, (_, i) => i + 1));
    expect(recorded('crash-loop-back-off').map(({ count }) => count)).toEqual([25]);
    const jumps = counts.slice(25).map((count, i) => count - (counts[i + 24] ?? 0));
    expect(jumps.length).toBeGreaterThan(3);
    expect(Math.max(...jumps.slice(1))).toBeGreaterThan(15);
  });

  test('of FailedScheduling are a series of 2, and then what was seen when it is refreshed or ends', () => {
    const revisions = play('failed-scheduling').filter(({ series }) => series);
    expect(revisions[0]?.series?.count).toBe(2);
    const longest = Math.max(...revisions.map(({ series }) => series?.count ?? 0));
    const name = revisions.find(({ series }) => series?.count === longest)?.metadata.name;
    expect(longest).toBeGreaterThan(30);
    // Hardly any of its repetitions was written.
    expect(revisions.filter(({ metadata }) => metadata.name === name).length).toBeLessThan(6);
  });

  test('of FailedCreate are combined from the tenth message on', () => {
    const revisions = play('quota').filter(({ reason }) => reason === 'FailedCreate');
    const first = revisions.findIndex(({ message }) => message.startsWith('(combined'));
    expect(first).toBe(9);
    expect(revisions.slice(9, 12).map(({ count }) => count)).toEqual([1, 2, 3]);
  });

  test.each([
    ['image-pull-back-off', 'BackOff'],
    ['probe-failure', 'Unhealthy'],
    ['volume-trouble', 'FailedMount'],
    ['hpa', 'FailedGetResourceMetric'],
  ] as const)('of %s grow with every %s', (name, reason) => {
    expect(highestCount(play(name), reason)).toBeGreaterThan(5);
  });
});

describe('reality is not embellished', () => {
  test('no kubelet tells of a container killed for its memory: the node problem detector does, of the node', () => {
    const revisions = play('node-problem-detector');
    const kills = revisions.filter(({ message }) => /oom|out of memory/i.test(message));
    expect(new Set(kills.map(saying))).toEqual(new Set(['kernel-monitor/Node OOMKilling Warning']));
    // https://github.com/kubernetes/node-problem-detector/blob/v0.8.21/config/kernel-monitor.json
    const rule = /Killed process \d+ (.+) total-vm:\d+kB, anon-rss:\d+kB, file-rss:\d+kB.*/;
    for (const { message } of kills) expect(message).toMatch(rule);
  });

  test('an eviction carries the annotations of its usage', () => {
    const evicted = play('eviction').find(({ reason }) => reason === 'Evicted');
    expect(evicted?.metadata).toMatchObject({
      annotations: { offending_containers: 'thumbnails', starved_resource: 'memory' },
      managedFields: [{ fieldsV1: { 'f:metadata': { 'f:annotations': { '.': {}, 'f:starved_resource': {} } } } }],
    });
  });
});
