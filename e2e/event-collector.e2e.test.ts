/** The command line of event-collector, unchanged, between a real API server and a real broker. */
import { randomUUID } from 'node:crypto';
import { existsSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Consumer } from '@platformatic/kafka';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ManagedProcess } from './cluster/managed-process.ts';
import { useCluster } from './helpers/cluster.ts';
import { CONTROL_PLANE, lacking, lackingServers } from './helpers/require-component.ts';
import { useServer } from './helpers/server.ts';
import { testDirectory } from './helpers/suite.ts';
import { until } from './helpers/until.ts';
import { startKafka } from './servers/kafka.ts';

const TIDINGS = join(import.meta.dirname, '..', 'tidings');
const EVENTS = '/api/v1/namespaces/default/events';

interface Message {
  readonly key: string;
  readonly value: string;
  readonly place: string;
}

interface Served {
  readonly metadata: { readonly name: string; readonly uid: string };
}

function coreEvent(name: string, more: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, labels: { b: '2', a: '1' } },
    involvedObject: { kind: 'Pod', namespace: 'default', name: 'web-0', uid: 'u-1', apiVersion: 'v1' },
    reason: 'BackOff',
    message: 'a <b> & "c"\u2028 é\t',
    source: { component: 'kubelet', host: 'node-1' },
    firstTimestamp: '2026-01-02T03:04:05Z',
    lastTimestamp: '2026-01-02T03:04:05Z',
    count: 1,
    type: 'Warning',
    ...more,
  };
}

const NEW_EVENT = {
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  metadata: { name: 'new' },
  eventTime: '2026-01-02T03:04:05.600000Z',
  reportingController: 'e2e.tidings.dev/scheduler',
  reportingInstance: 'scheduler-0',
  action: 'Binding',
  reason: 'Scheduled',
  regarding: { kind: 'Pod', namespace: 'default', name: 'web-1', apiVersion: 'v1' },
  note: 'Successfully assigned',
  type: 'Normal',
};

describe.skipIf(lacking(...CONTROL_PLANE) || lackingServers('kafka'))('event-collector', () => {
  const cluster = useCluster();
  const kafka = useServer(startKafka);

  /** A program of that name; nothing else says what it is to do. */
  function collector(topic: string, env: NodeJS.ProcessEnv) {
    const directory = testDirectory();
    const link = join(directory, 'event-collector');
    symlinkSync(TIDINGS, link);
    const flags = [`--kubeconfig=${cluster().controlPlane.kubeconfigs.admin}`, '--topic', topic];
    let starts = 0;
    return {
      start(): ManagedProcess {
        const running = new ManagedProcess('event-collector', [link, ...flags, `-broker=${kafka().plainBroker}`], {
          logFile: join(directory, `${++starts}.log`),
          env: { PATH: process.env['PATH'], ...env },
        });
        onTestFinished(() => running.stop('SIGKILL'));
        return running;
      },
    };
  }

  /** What the API server, which is a Go program, makes of the event now. */
  async function asGoWritesIt(name: string): Promise<string> {
    const { text } = await cluster().client.send('GET', `${EVENTS}/${name}`);
    return text
      .trimEnd()
      .replace('"kind":"Event","apiVersion":"v1",', '')
      .replace(/,"managedFields":\[.*\](?=\},"involvedObject")/s, '');
  }

  async function create(event: object, path = EVENTS): Promise<Served> {
    return (await cluster().client.request('POST', path, event)) as Served;
  }

  /** Everything in a topic from its beginning, as soon as there are so many. */
  async function read(topic: string, count: number): Promise<readonly Message[]> {
    const consumer = new Consumer({ clientId: 'test', groupId: randomUUID(), bootstrapBrokers: [kafka().plainBroker] });
    try {
      const messages = await consumer.consume({ topics: [topic], mode: 'earliest', maxWaitTime: 100 });
      const found: Message[] = [];
      for await (const { key, value, partition, offset } of messages) {
        found.push({ key: String(key), value: String(value), place: `pid:${partition} offset:${offset}` });
        if (found.length === count) break;
      }
      return found;
    } finally {
      await consumer.close(true);
    }
  }

  /** What it printed of messages: each value with its place. */
  const printed = (running: ManagedProcess): ReadonlySet<string> =>
    new Set(running.log().match(/^send: {2}.*\npid:\d+ offset:\d+$/gm) ?? []);
  const lines = (messages: readonly Message[]): ReadonlySet<string> =>
    new Set(messages.map(({ value, place }) => `send:  ${value}\n${place}`));

  test('sends each revision as Go writes it, goes on where it was killed, and prints what it printed', async () => {
    const topic = randomUUID();
    const old = await create(coreEvent('old'));
    const expected = [await asGoWritesIt('old')];
    const program = collector(topic, { HOME: testDirectory() });
    const first = program.start();
    await first.until('to have sent', () => (first.log().includes('"name":"old"') ? true : undefined));
    await create(NEW_EVENT, '/apis/events.k8s.io/v1/namespaces/default/events');
    expected.push(await asGoWritesIt('new'));
    await create(
      coreEvent('bare', { message: '', source: {}, count: 0, reason: undefined, metadata: { name: 'bare' } }),
    );
    expected.push(await asGoWritesIt('bare'));
    await until('three are acknowledged', () => printed(first).size >= 3);
    await first.stop('SIGKILL');
    await cluster().client.request('PATCH', `${EVENTS}/old`, { count: 7 });
    expected.push(await asGoWritesIt('old'));
    const second = program.start();
    await until('the one after it was killed is acknowledged', () =>
      [...printed(second)].some((line) => line.includes('"count":7')),
    );

    const mine = (messages: readonly Message[]) =>
      messages.filter(({ value }) => /"name":"(?:old|new|bare)"/.test(value)).map(({ value }) => value);
    const all = await read(topic, printed(first).size + printed(second).size);
    // What was acknowledged just before it was killed may be there again.
    expect(new Set(mine(all))).toEqual(new Set(expected));
    expect(lines(all)).toEqual(new Set([...printed(first), ...printed(second)]));
    const ofOne = all.filter(({ key }) => key === old.metadata.uid).map(({ value }) => value);
    expect([...new Set(ofOne)]).toEqual([expected[0], expected[3]]);
    expect(ofOne.at(-1)).toBe(expected[3]);
    expect(first.log()).toMatch(new RegExp(`^kafka brokers: {2}${kafka().plainBroker}$`, 'm'));
    await second.stop();
    expect(second.ending).toBe(0);
  });

  test('runs where nothing can be written to, and says what that means', async () => {
    const topic = randomUUID();
    // No directory can be made in a file.
    const nowhere = TIDINGS;
    const program = collector(topic, { HOME: nowhere, TMPDIR: nowhere, KUBERNETES_SERVICE_HOST: '127.0.0.1' });
    await create(coreEvent('kept'));
    const expected = await asGoWritesIt('kept');
    const running = program.start();
    const dataDir = await running.until(
      'to say where it stores',
      () => /"data":"(\/dev\/shm\/[^"]+)","message":"what is stored is lost/.exec(running.log())?.[1],
    );
    onTestFinished(() => rmSync(dataDir, { recursive: true }));
    await until('it is acknowledged', () => [...printed(running)].some((line) => line.includes(`${expected}\n`)));
    expect(existsSync(join(dataDir, 'tidings.db'))).toBe(true);
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(running.log())?.[0] ?? '';
    expect(await (await fetch(`${url}/readyz`)).text()).toMatch(/^\[\+\] store ok: what is stored is lost with/m);
    await running.stop();
  });
});
