import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { collector } from '../../test/helpers/collector.ts';
import { temporaryDirectory } from '../../test/helpers/temporary-directory.ts';
import { STORE_FILE } from '../app/store-file.ts';
import { checkedEvent } from '../core/checked-event.ts';
import { eventRecord } from '../core/record.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import { runCli } from './cli.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const CONFIG = `
sinks:
  - { name: chat, type: http, url: "http://127.0.0.1:1" }
  - { name: search, type: stdout }
routes:
  - match: event.type == "Warning"
    drop: event.reason == "Unhealthy"
    continue: true
    routes:
      - match: event.metadata.namespace == "shop"
        sinks: [chat]
        labels: { team: shop }
        throttle: { rate: 1/m, key: [involvedObject.name] }
  - match: event.reason != "Pulled"
    sinks: [search]
    dedupe: { window: 1h }
`;

/** So many minutes ago. */
const event = (reason: string, minutes: number, fields: Readonly<Record<string, unknown>> = {}) => ({
  type: 'Warning',
  reason,
  message: `${reason} \u001b[31m`,
  involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web-0' },
  lastTimestamp: new Date(NOW - minutes * 60_000).toISOString(),
  ...fields,
});

async function routing(config = CONFIG) {
  const dataDir = temporaryDirectory();
  const file = join(dataDir, 'config.yaml');
  writeFileSync(file, config);
  const cli = async (args: readonly string[], stdin?: string) => {
    const [stdout, stderr] = [collector(), collector()];
    const exitCode = await runCli(['route', 'test', '--config', file, '--data', dataDir, ...args], {
      ...(stdin !== undefined && { stdin: Readable.from([stdin]) }),
      stdout,
      stderr,
      env: {},
      now: () => NOW,
    });
    return { exitCode, stdout: stdout.text, stderr: stderr.text };
  };
  return { dataDir, cli };
}

/** Revisions of one event each, but for those that share a uid. */
async function store(dataDir: string, events: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
  const opened = openSqliteStore({ path: join(dataDir, STORE_FILE) });
  await opened.register({ name: 'prod' });
  const envelope = { cluster: 'prod', epoch: 1, scope: '*', receivedAt: NOW, origin: 'watch', news: true } as const;
  const records = events.map(({ uid, namespace = 'shop', ...fields }, index) => {
    const n = String(index + 1);
    const metadata = { name: `event-${n}`, namespace, uid: uid ?? `uid-${n}`, resourceVersion: n };
    return eventRecord(checkedEvent({ metadata, ...fields }, 'test'), envelope);
  });
  await opened.append([{ cluster: 'prod', epoch: 1, scope: '*', records }]);
  await opened.close();
}

const STORED = [
  event('BackOff', 60 * 24 * 8, { type: 'Normal' }),
  event('BackOff', 50, { uid: 'a', count: 1 }),
  event('BackOff', 49.8, { uid: 'a', count: 2 }),
  event('BackOff', 30, { uid: 'a', count: 3 }),
  event('Unhealthy', 20),
  event('Pulled', 10, { type: 'Normal' }),
  event('FailedScheduling', 5, { namespace: 'payments' }),
];

describe('tidings route test', () => {
  test('judges the stored past by its own times: throttles, windows, drops and what no route takes', async () => {
    const { dataDir, cli } = await routing();
    await store(dataDir, STORED);
    const { exitCode, stdout, stderr } = await cli([], '');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('6 revisions of events, ');
    expect(stdout).toContain('1 dropped by a route, 1 taken by no route\n');
    expect(stdout).toMatch(/^ROUTE +MATCHED +DROPPED +SENT +SAMPLED OUT +FOLDED +THROTTLED +MATCH$/m);
    expect(stdout).toMatch(
      /^routes\[0\] +5 +1 +0 +0 +0 +0 +event\.type == "Warning"; drop: event\.reason == "Unhealthy"$/m,
    );
    expect(stdout).toMatch(/^routes\[0\]\.routes\[0\] +3 +0 +2 +0 +0 +1 +event\.metadata\.namespace == "shop"$/m);
    expect(stdout).toMatch(/^routes\[1\] +4 +0 +2 +0 +2 +0 +event\.reason != "Pulled"$/m);
    expect(stdout).toMatch(/^chat +2 +0 +0 +1$/m);
    expect(stdout).toMatch(/^search +2 +0 +2 +0$/m);
    expect(stdout).toMatch(
      /^throttled +chat +routes\[0\]\.routes\[0\] .+ Warning +BackOff +Pod\/shop\/web-0 +BackOff \^\[\[31m$/m,
    );
    expect(stdout).toMatch(/^dropped +<none> +routes\[0\] .+ Unhealthy /m);
    expect(stdout).toMatch(/^no route takes it +<none> +<none> .+ Pulled /m);
    expect(stderr).toContain('# not observed');
  });

  test('says the same as JSON, within a time, of what a filter wants', async () => {
    const { dataDir, cli } = await routing();
    await store(dataDir, STORED);
    const { stdout } = await cli([
      '--since',
      '30d',
      '--until',
      '40m',
      '--filter',
      'event.reason == "BackOff"',
      '-o',
      'json',
    ]);
    const report: unknown = JSON.parse(stdout);
    expect(report).toMatchObject({
      since: '2026-10-22T12:00:00.000Z',
      until: '2026-11-21T11:20:00.000Z',
      records: 3,
      dropped: 0,
      unrouted: 0,
      sinks: [
        { sink: 'chat', sent: 1, throttled: 1, folded: 0, sampledOut: 0 },
        { sink: 'search', sent: 2, folded: 1 },
      ],
      samples: [
        {
          result: 'sent',
          sink: 'search',
          route: 'routes[1]',
          cluster: 'prod',
          event: { kind: 'Event', type: 'Normal' },
        },
        { result: 'sent', sink: 'chat' },
        { result: 'throttled', sink: 'chat' },
        { result: 'folded', sink: 'search' },
      ],
    });
  });

  test('counts what a revision adds, and says that objects are not stored', async () => {
    const { dataDir, cli } = await routing(
      'sinks: [{ name: out, type: stdout }]\nroutes: [{ match: occurrences >= 2 && !("a" in object.labels), sinks: [out] }]',
    );
    await store(dataDir, [
      event('BackOff', 50, { uid: 'a', count: 1 }),
      event('BackOff', 40, { uid: 'a', count: 2 }),
      event('BackOff', 30, { uid: 'a', count: 5 }),
    ]);
    const { stdout, stderr } = await cli(['-o', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ sinks: [{ sink: 'out', sent: 1 }] });
    expect(stderr).toContain(
      '# labels, annotations, owners and node are not stored; here they are empty: occurrences >= 2',
    );
  });

  test.each<[string, (events: readonly object[]) => string]>([
    ['one a line', (events) => events.map((each) => JSON.stringify(each)).join('\n')],
    ['as kubectl prints a list', (events) => JSON.stringify({ kind: 'List', items: events }, undefined, 2)],
  ])('shows for each event of stdin, %s, which route takes it where, or why it goes nowhere', async (_, written) => {
    const { cli } = await routing();
    const events = [
      event('BackOff', 3, { metadata: { namespace: 'shop' } }),
      event('Unhealthy', 2),
      event('Pulled', 1, { type: 'Normal' }),
    ];
    const { exitCode, stdout, stderr } = await cli([], written(events));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['TYPE', 'REASON', 'OBJECT', 'ROUTE', 'SINK', 'RESULT'],
      ['Warning', 'BackOff', 'Pod/shop/web-0', 'routes[0].routes[0]', 'chat', 'sent'],
      ['Warning', 'BackOff', 'Pod/shop/web-0', 'routes[1]', 'search', 'sent'],
      ['Warning', 'Unhealthy', 'Pod/shop/web-0', 'routes[0]', '<none>', 'dropped'],
      ['Normal', 'Pulled', 'Pod/shop/web-0', '<none>', '<none>', 'no route takes it'],
      [''],
    ]);
    const json: unknown = JSON.parse((await cli(['-o', 'json', '-'], written(events))).stdout);
    expect(json).toMatchObject([
      {
        matched: ['routes[0]', 'routes[0].routes[0]', 'routes[1]'],
        sinks: [
          { sink: 'chat', route: 'routes[0].routes[0]', result: 'sent', labels: { team: 'shop' } },
          { sink: 'search' },
        ],
      },
      { matched: ['routes[0]'], droppedBy: 'routes[0]', sinks: [] },
      { matched: [], sinks: [] },
    ]);
  });

  test.each([[[]], [null]])('finds no event in a list with the items %j', async (items) => {
    const { cli } = await routing();
    const { exitCode, stdout } = await cli(['-o', 'json', '-'], JSON.stringify({ kind: 'EventList', items }));
    expect({ exitCode, verdicts: JSON.parse(stdout) as unknown }).toEqual({ exitCode: 0, verdicts: [] });
  });

  test('reads events of a file, of events.k8s.io/v1 as well, and names lines that are none', async () => {
    const { dataDir, cli } = await routing('sinks: [{ name: out, type: stdout }]');
    const file = join(dataDir, 'events');
    const served = {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: {},
      note: 'm',
      regarding: { kind: 'Node', name: 'n1' },
    };
    writeFileSync(file, `${JSON.stringify(served)}\n{\n{"reason":7}\n`);
    const { exitCode, stdout, stderr } = await cli([file]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^ +Node\/n1 +<none> +out +sent$/m);
    expect(stderr).toMatch(/^line 2: .*JSON.*\nline 3: read a test event: found reason 7, want a string\n$/);
    expect(await cli([join(dataDir, 'none')])).toMatchObject({ exitCode: 2 });
    expect(await cli([file, '--since', '1d'])).toMatchObject({ exitCode: 2, stdout: '' });
  });
});
