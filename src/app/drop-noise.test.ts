import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkedEvent } from '../core/checked-event.ts';
import { type EventRecord, eventRecord } from '../core/record.ts';
import { RouteTrial } from '../pipeline/route-trial.ts';
import { SimulatedCluster } from '../simulator/cluster.ts';
import { SCENARIOS, type ScenarioName } from '../simulator/scenarios/index.ts';
import { loadRunConfig } from './run-config.ts';

const EXAMPLE = join(import.meta.dirname, '../../examples/drop-noise.yaml');
const START = Date.parse('2026-11-21T12:00:00Z');

/** Every revision that a scenario leaves within three hours. */
function play(name: ScenarioName): EventRecord[] {
  const cluster = new SimulatedCluster({
    seed: 5,
    scenarios: new Map([[name, SCENARIOS[name]]]),
    startMs: START,
    ttlMs: 3_600_000,
    compactionMs: 24 * 3_600_000,
    rate: 0,
  });
  const { store } = cluster;
  let position = store.positionAfter(store.resourceVersion);
  const records: EventRecord[] = [];
  for (let minute = 0; minute < 180; minute++) {
    cluster.advance(60_000);
    for (; ; position++) {
      const change = store.changeAt(position);
      if (change === undefined || change === 'compacted') break;
      if (change.type === 'DELETED') continue;
      const event = checkedEvent(JSON.parse(change.event.json), 'simulated event');
      const envelope = { cluster: 'sim', epoch: 1, scope: '*', origin: 'watch', news: true } as const;
      records.push(eventRecord(event, { ...envelope, receivedAt: START + (minute + 1) * 60_000 }));
    }
  }
  return records;
}

const saying = ({ subject, body }: EventRecord): string => `${body.type} ${subject.kind} ${body.reason}`;

const { routes, sinks } = await loadRunConfig({ config: EXAMPLE }, {});

/** What the example drops of a scenario, and what it tells people. */
function judge(name: ScenarioName) {
  const trial = new RouteTrial({ routes, sinks: sinks.map((sink) => sink.name) });
  const [dropped, told, kept] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const record of play(name)) {
    const verdict = trial.judge(record, { occurrences: 1 });
    if (verdict.droppedBy) dropped.add(saying(record));
    for (const { sink, result } of verdict.sinks) {
      if (sink === 'people' && result === 'sent') told.add(saying(record));
      if (sink === 'archive' && result === 'sent') kept.add(saying(record));
    }
  }
  return { dropped, told, kept };
}

const names = Object.keys(SCENARIOS) as ScenarioName[];

describe('examples/drop-noise.yaml', () => {
  test('drops what is routine in the simulated scenarios, and nothing else', () => {
    const dropped = new Set(names.flatMap((name) => [...judge(name).dropped]));
    expect([...dropped].sort()).toEqual([
      'Normal CronJob SawCompletedJob',
      'Normal CronJob SuccessfulCreate',
      'Normal CronJob SuccessfulDelete',
      'Normal Job Completed',
      'Normal Job SuccessfulCreate',
      'Normal Pod Created',
      'Normal Pod Pulled',
      'Normal Pod Pulling',
      'Normal Pod Scheduled',
      'Normal Pod Started',
      'Normal Pod SuccessfulAttachVolume',
      'Normal ReplicaSet SuccessfulCreate',
      'Normal ReplicaSet SuccessfulDelete',
    ]);
  });

  test('leaves people every kind of trouble, and the archive everything', () => {
    for (const name of names) {
      const { dropped, told, kept } = judge(name);
      expect(kept).toEqual(new Set([...dropped, ...told]));
      expect([...dropped].filter((each) => each.startsWith('Warning'))).toEqual([]);
      expect(told.size).toBeGreaterThan(0);
    }
    expect(judge('node-not-ready').told).toContain('Normal Node NodeNotReady');
    expect([...judge('rollout').told].sort()).toEqual(['Normal Deployment ScalingReplicaSet', 'Normal Pod Killing']);
  });
});
