import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Event } from '../src/core/event.ts';
import { type EventsV1Event, fromEventsV1, toCoreV1, toEventsV1 } from '../src/core/event-conversion.ts';
import { useCluster } from './helpers/cluster.ts';
import { writeEvents } from './helpers/event-writer.ts';
import { CONTROL_PLANE, lacking, NODES } from './helpers/require-component.ts';
import { until } from './helpers/until.ts';

const FIXTURES = join(import.meta.dirname, '..', 'test', 'fixtures', 'events');

interface Served {
  readonly core: ReadonlyMap<string, Record<string, unknown>>;
  readonly events: ReadonlyMap<string, Record<string, unknown>>;
}

describe.skipIf(lacking(...CONTROL_PLANE, ...NODES))('event conversion', () => {
  const cluster = useCluster({ nodes: 1 });
  let served: Served;

  beforeAll(async () => {
    const { client, kubectl } = cluster();
    await kubectl('create', 'deployment', 'web', '--image=nginx', '--replicas=2');
    await kubectl('create', 'quota', 'none', '--hard=pods=3');
    await kubectl('run', 'too-big', '--image=nginx', '--overrides', UNSCHEDULABLE);
    await kubectl('scale', 'deployment', 'web', '--replicas=4');
    await writeEvents(client, { writes: 60, seed: 7, concurrency: 4 });
    for (const event of fixtures()) await client.request('POST', '/api/v1/namespaces/default/events', event);
    await until('the quota and the scheduler have refused', async () =>
      WRITTEN_LAST.test(await kubectl('get', 'events', '-A')),
    );
    served = await bothShapes((path) => client.request('GET', path));
  });

  test('has events of controllers, of both recorders and of every fixture to look at', () => {
    const reasons = new Set([...served.core.values()].map((event) => event['reason']));
    expect(reasons).toContain('ScalingReplicaSet');
    expect(reasons).toContain('FailedScheduling');
    expect(reasons).toContain('BackOff');
    expect(served.core.size).toBeGreaterThan(30 + fixtures().length);
    expect([...served.events.keys()].sort()).toEqual([...served.core.keys()].sort());
  });

  test('toCoreV1 gives what the API server serves as core/v1', () => {
    for (const event of served.core.values()) expect(toCoreV1(normalised(event))).toEqual(event);
  });

  test('toEventsV1 gives what the API server serves as events.k8s.io/v1, fields in the same order', () => {
    for (const [uid, event] of served.core) {
      const printed = JSON.stringify(toEventsV1(normalised(event)));
      expect(JSON.parse(printed)).toEqual(served.events.get(uid));
      expect(printed).toBe(JSON.stringify(served.events.get(uid)));
    }
  });

  test('fromEventsV1 gives the core/v1 event the API server serves', () => {
    for (const [uid, event] of served.events) {
      const core = toCoreV1(fromEventsV1(event as unknown as EventsV1Event));
      expect(JSON.parse(JSON.stringify(core))).toEqual(served.core.get(uid));
    }
  });
});

const UNSCHEDULABLE = JSON.stringify({ spec: { nodeSelector: { nowhere: 'true' } } });

// The quota is met by the controller some time after the deployment was scaled, the unschedulable pod by the scheduler.
const WRITTEN_LAST = /FailedScheduling[^]*FailedCreate|FailedCreate[^]*FailedScheduling/;

/** Events as anybody may have written them, one a file; what only the server decides is left to it. */
function fixtures(): readonly Record<string, unknown>[] {
  if (!existsSync(FIXTURES)) return [];
  const files = readdirSync(FIXTURES).filter((name) => name.endsWith('.json'));
  return files.map((file, index) => {
    const event = JSON.parse(readFileSync(join(FIXTURES, file), 'utf8')) as Event;
    const { labels, annotations } = event.metadata;
    const metadata = { name: `fixture-${index}`, namespace: 'default', labels, annotations };
    // Validation wants an event to lie in the namespace of what it is about.
    const namespace = event.involvedObject.namespace === undefined ? {} : { namespace: 'default' };
    const involvedObject = { ...event.involvedObject, ...namespace };
    return { ...event, kind: 'Event', apiVersion: 'v1', metadata, involvedObject };
  });
}

async function bothShapes(get: (path: string) => Promise<unknown>): Promise<Served> {
  const [core, events] = await Promise.all([get('/api/v1/events'), get('/apis/events.k8s.io/v1/events')]);
  return {
    core: byUid(core, { kind: 'Event', apiVersion: 'v1' }),
    events: byUid(events, { kind: 'Event', apiVersion: 'events.k8s.io/v1' }),
  };
}

// In a list the items carry neither kind nor apiVersion; served alone they do.
function byUid(list: unknown, type: object): ReadonlyMap<string, Record<string, unknown>> {
  const { items } = list as { items: { metadata: Record<string, unknown> & { uid: string } }[] };
  return new Map(
    items.map((item) => {
      const { managedFields: _, ...metadata } = item.metadata;
      return [item.metadata.uid, { ...type, ...item, metadata }];
    }),
  );
}

function normalised(served: Record<string, unknown>): Event {
  const { kind: _kind, apiVersion: _apiVersion, ...event } = served;
  return event as unknown as Event;
}
