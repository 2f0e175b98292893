/** Our table against the one a real kubectl prints of the same events. */
import { describe, expect, test } from 'vitest';
import { useCluster } from './helpers/cluster.ts';
import { CONTROL_PLANE, lacking } from './helpers/require-component.ts';
import { tidingsUnderTest } from './helpers/suite.ts';
import { rows } from './helpers/table.ts';
import { storedEvents, tidings } from './helpers/tidings.ts';
import { until } from './helpers/until.ts';

// Seconds before now: each rendering kubectl has, around its limits.
const AGES = [45, 115, 125, 185, 599, 605, 3_540, 7_150, 10_830, 28_750, 30_000, 172_700, 180_000, 691_100, 700_000];
const COUNTS = [0, 1, 5];

describe.skipIf(lacking(...CONTROL_PLANE))('tables', () => {
  const cluster = useCluster();

  test.each([{ format: [] }, { format: ['-o', 'wide'] }])(
    'get events prints what kubectl prints: $format',
    async ({ format }) => {
      const { client, controlPlane, kubectl } = cluster();
      const namespace = `ages-${format.length}`;
      await kubectl('create', 'namespace', namespace);
      const events = eventsOfManyAges(namespace);
      for (const event of events) await client.request('POST', `/api/v1/namespaces/${namespace}/events`, event);
      const running = tidingsUnderTest(['--kubeconfig', controlPlane.kubeconfigs.admin]);
      await running.start();
      await until('all are stored', async () => (await storedEvents(running.dataDir)).length >= events.length);

      const command = ['get', 'events', '-n', namespace, ...format];
      const { ours, theirs } = await sandwiched(
        () => kubectl(...command),
        () => tidings(running.dataDir, ...command),
      );
      expect(ours.size).toBe(events.length);
      expectSameCells(ours, theirs);
    },
  );

  test('describe prints the lines that kubectl prints', async () => {
    const { client, controlPlane, kubectl } = cluster();
    const pod = { metadata: { name: 'described' }, spec: { containers: [{ name: 'main', image: 'nginx' }] } };
    const created = (await client.request('POST', '/api/v1/namespaces/default/pods', pod)) as {
      metadata: { uid: string };
    };
    const { uid } = created.metadata;
    const events = eventsOfManyAges('default').map((event) => ({
      ...event,
      involvedObject: { kind: 'Pod', apiVersion: 'v1', namespace: 'default', name: 'described', uid },
    }));
    for (const event of events) await client.request('POST', '/api/v1/namespaces/default/events', event);
    const running = tidingsUnderTest(['--kubeconfig', controlPlane.kubeconfigs.admin]);
    await running.start();
    await until('all are stored', async () => (await storedEvents(running.dataDir)).length >= events.length);

    const { ours, theirs } = await sandwiched(
      () => kubectl('describe', 'pod/described'),
      () => tidings(running.dataDir, 'describe', 'pod/described'),
    );
    expect(ours.size).toBe(events.length);
    // We add the host or instance to the component, as in `kubelet, node-1`; kubectl does not.
    const components = [...ours].map(([message, row]): [string, Row] => [message, row.with(FROM, component(row))]);
    expectSameCells(new Map(components), theirs);
  });
});

type Row = readonly string[];

const FROM = 3;

function component(row: Row): string {
  return row[FROM]?.split(',', 1)[0] ?? '';
}

/** The rows of both, by the message in them. The clock goes on, so kubectl is asked before and after. */
async function sandwiched(
  kubectl: () => Promise<string>,
  program: () => Promise<string>,
): Promise<{ readonly ours: ReadonlyMap<string, Row>; readonly theirs: readonly ReadonlyMap<string, Row>[] }> {
  const before = byMessage(await kubectl());
  const ours = byMessage(await program());
  const after = byMessage(await kubectl());
  return { ours, theirs: [before, after] };
}

function byMessage(output: string): ReadonlyMap<string, Row> {
  const byMessage = new Map<string, Row>();
  for (const row of rows(output)) {
    const message = row.find((cell) => cell.startsWith('message of '));
    if (message !== undefined) byMessage.set(message, row);
  }
  return byMessage;
}

/** Every cell is what kubectl printed before or after. */
function expectSameCells(ours: ReadonlyMap<string, Row>, theirs: readonly ReadonlyMap<string, Row>[]): void {
  for (const [message, row] of ours) {
    const printed = theirs.map((table) => table.get(message) ?? []);
    expect(printed.map((other) => other.length)).toContain(row.length);
    for (const [column, cell] of row.entries()) {
      expect(printed.map((other) => other[column])).toContain(cell);
    }
  }
}

function eventsOfManyAges(namespace: string): readonly object[] {
  const events: object[] = [];
  for (const ageSeconds of AGES) {
    for (const count of COUNTS) {
      for (const emitter of ['legacy', 'series', 'untimed'] as const) {
        const name = `${emitter}-${ageSeconds}-${count}`;
        events.push({
          ...eventOf(name, emitter, ageSeconds, count),
          metadata: { name, namespace },
          involvedObject: { kind: 'Pod', namespace, name },
        });
      }
    }
  }
  return events;
}

function eventOf(name: string, emitter: 'legacy' | 'series' | 'untimed', ageSeconds: number, count: number): object {
  const last = new Date(Date.now() - ageSeconds * 1_000).toISOString();
  const first = new Date(Date.now() - (ageSeconds * 3 + 10) * 1_000).toISOString();
  const event = {
    reason: 'Checked',
    message: `message of ${name}`,
    type: 'Normal',
  };
  if (emitter === 'untimed') return event;
  if (emitter === 'legacy') {
    const seconds = (time: string): string => time.replace(/\.\d+Z$/, 'Z');
    const source = { component: 'kubelet', host: 'node-0' };
    return { ...event, source, count, firstTimestamp: seconds(first), lastTimestamp: seconds(last) };
  }
  const micro = (time: string): string => time.replace('Z', '000Z');
  return {
    ...event,
    eventTime: micro(first),
    reportingComponent: 'example.org/controller',
    reportingInstance: 'controller-0',
    action: 'Checking',
    ...(count > 0 && { series: { count, lastObservedTime: micro(last) } }),
  };
}
