import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openHistory } from '../app/open-history.ts';
import { STORE_FILE } from '../app/store-file.ts';
import type { Batch } from '../component/log.ts';
import type { Event } from '../core/event.ts';
import { eventRecord } from '../core/record.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import { getEvents } from './_get-events.ts';
import type { StoreReader } from './_history.ts';
import { runCli } from './cli.ts';

const NOW = Date.parse('2026-11-21T07:13:49.430Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ago = (ms: number): string => new Date(NOW - ms).toISOString().replace('.430', '');

interface Collected extends Writable {
  text: string;
  isTTY?: boolean;
}

function collector(): Collected {
  const stream: Collected = Object.assign(
    new Writable({
      write(chunk: Buffer, _, done) {
        stream.text += chunk.toString();
        done();
      },
    }),
    { text: '' },
  );
  return stream;
}

interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line on a data directory. */
async function cli(dir: string, args: string, options: { readonly isTTY?: boolean } = {}): Promise<Ran> {
  const [stdout, stderr] = [Object.assign(collector(), options), collector()];
  const env = { TIDINGS_DATA: dir, NO_COLOR: '1' };
  const exitCode = await runCli(args.split(' '), { stdout, stderr, env, now: () => NOW });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

interface Store {
  readonly dir: string;
  readonly append: (events: readonly Event[], batch?: Partial<Batch>) => Promise<void>;
}

async function openStore(clusters: readonly string[] = ['prod']): Promise<Store> {
  const dir = mkdtempSync(join(tmpdir(), 'tidings-cli-'));
  const store = openSqliteStore({ path: join(dir, STORE_FILE), logger: pino({ level: 'silent' }) });
  onTestFinished(async () => {
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  });
  for (const name of clusters) await store.register({ name });
  return {
    dir,
    append: async (events, batch = {}) => {
      const { cluster = 'prod', scope = '*' } = batch;
      const envelope = { cluster, epoch: 1, scope, receivedAt: NOW, origin: 'watch', news: true } as const;
      await store.append([
        { cluster, epoch: 1, scope, records: events.map((event) => eventRecord(event, envelope)), ...batch },
      ]);
    },
  };
}

let resourceVersion = 100;

/** An event last seen so long ago. */
function event(name: string, ageMs: number, fields: Partial<Event> = {}): Event {
  resourceVersion += 1;
  const [object = ''] = name.split('.');
  return {
    metadata: { name, namespace: 'shop', uid: `uid-of-${name}`, resourceVersion: String(resourceVersion) },
    involvedObject: { kind: 'Pod', namespace: 'shop', name: object, uid: `uid-of-${object}` },
    reason: 'Started',
    message: `message of ${name}`,
    source: { component: 'kubelet', host: 'node-1' },
    firstTimestamp: ago(ageMs),
    lastTimestamp: ago(ageMs),
    count: 1,
    type: 'Normal',
    eventTime: null,
    reportingComponent: '',
    reportingInstance: '',
    ...fields,
  };
}

const OBSERVED = { observed: { from: NOW - 48 * HOUR, to: NOW } };
const lines = (text: string): string[] => text.trimEnd().split('\n');

describe('tidings get events', () => {
  test('prints the latest revision of each event, newest last', async () => {
    const { dir, append } = await openStore();
    const first = event('web-0.a', 3 * HOUR);
    await append([event('web-1.b', 2 * HOUR), first, event('db-0.c', 4 * HOUR)], OBSERVED);
    await append([
      { ...first, lastTimestamp: ago(HOUR), count: 7, metadata: { ...first.metadata, resourceVersion: '500' } },
    ]);
    expect(await cli(dir, 'get events -n shop')).toEqual({
      exitCode: 0,
      stderr: '',
      stdout: [
        'LAST SEEN   TYPE     REASON    OBJECT      MESSAGE',
        '4h          Normal   Started   pod/db-0    message of db-0.c',
        '120m        Normal   Started   pod/web-1   message of web-1.b',
        '60m         Normal   Started   pod/web-0   message of web-0.a',
        '',
      ].join('\n'),
    });
    expect(lines((await cli(dir, 'get ev --revisions --no-headers')).stdout)).toHaveLength(4);
    const [web0] = lines((await cli(dir, 'get events --for po/web-0 -o jsonl')).stdout);
    expect(JSON.parse(web0 ?? '')).toMatchObject({
      count: 7,
      tidings: { cluster: 'prod', count: 7, occurrences: 6, firstSeen: '2026-11-21T04:13:49.000Z' },
    });
  });

  test.each([
    ['-n pay', ['pay-0.c']],
    ['-n pay,shop', ['web-0.a', 'web-1.b', 'pay-0.c', 'web-0.e']],
    ['-A -n pay', ['node-1.d', 'web-0.a', 'web-1.b', 'pay-0.c', 'web-0.e']],
    ['--type warning', ['web-1.b']],
    ['--reason BackOff,NodeNotReady', ['node-1.d', 'web-1.b']],
    ['--for pods/web-0', ['web-0.a', 'web-0.e']],
    ['--for no/node-1', ['node-1.d']],
    ['--for deploy/web-0', []],
    ['--since 150m', ['pay-0.c', 'web-0.e']],
    ['--until 3h', ['node-1.d', 'web-0.a', 'web-1.b']],
    ['--since 241m --until 3h', ['web-0.a', 'web-1.b']],
    ['--limit 2', ['pay-0.c', 'web-0.e']],
    ['--cluster prod --limit 1', ['web-0.e']],
    ['--filter event.reason=="BackOff"||event.message.endsWith("0.c")', ['web-1.b', 'pay-0.c']],
    ['--filter event.message.contains("web-0") --limit 1', ['web-0.e']],
    ['--for pods/web-0 --filter event.message.endsWith("a")', ['web-0.a']],
    ['--search -reason:BackOff --filter event.message.contains("web")', ['web-0.a', 'web-0.e']],
    ['--search pod:web-*', ['web-0.a', 'web-1.b', 'web-0.e']],
  ])('selects by %s', async (flags, names) => {
    const { dir, append } = await openStore();
    await append(
      [
        event('web-0.a', 4 * HOUR),
        event('web-1.b', 3 * HOUR, { type: 'Warning', reason: 'BackOff' }),
        {
          ...event('pay-0.c', 2 * HOUR),
          metadata: { name: 'pay-0.c', namespace: 'pay', uid: 'c', resourceVersion: '3' },
        },
        {
          ...event('node-1.d', 5 * HOUR, {
            reason: 'NodeNotReady',
            involvedObject: { kind: 'Node', name: 'node-1', uid: 'node-1' },
          }),
          metadata: { name: 'node-1.d', namespace: 'default', uid: 'd', resourceVersion: '4' },
        },
        event('web-0.e', HOUR),
      ],
      OBSERVED,
    );
    const { stdout } = await cli(dir, `get events -o name ${flags}`);
    expect(stdout).toBe(names.map((name) => `event/${name}\n`).join(''));
  });

  test('names namespace and cluster where there may be several', async () => {
    const { dir, append } = await openStore(['prod', 'stage']);
    await append([event('web-0.a', HOUR)], OBSERVED);
    await append([event('web-0.a', 2 * HOUR)], { cluster: 'stage', ...OBSERVED });
    expect(lines((await cli(dir, 'get events')).stdout).map((line) => line.split(/ {2,}/).slice(0, 3))).toEqual([
      ['CLUSTER', 'NAMESPACE', 'LAST SEEN'],
      ['stage', 'shop', '120m'],
      ['prod', 'shop', '60m'],
    ]);
    expect(lines((await cli(dir, 'get events --cluster stage -n shop')).stdout)[0]).toMatch(/^LAST SEEN/);
    expect(await cli(dir, 'get events --cluster stagee')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'error: select cluster: found "stagee", want one of prod, stage\nhint: Did you mean stage?\n',
    });
  });

  test('says on stderr that there is nothing, and what was not observed', async () => {
    const { dir, append } = await openStore();
    await append([], { observed: { from: NOW - 5 * HOUR, to: NOW - 4 * HOUR } });
    await append([], {
      observed: { from: NOW - 3 * HOUR, to: NOW },
      breaks: [{ from: NOW - 4 * HOUR, to: NOW - 3 * HOUR, cause: 'stopped', healed: true, unknown: 'revisions' }],
    });
    const { exitCode, stdout, stderr } = await cli(dir, 'get events -n shop');
    expect([exitCode, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(/^No resources found in shop namespace\.\n# not observed: \d\d:13–\d\d:13 \(stopped\)\n$/);
    expect((await cli(dir, 'get events --since 2h')).stderr).toBe('No resources found\n');
    const list: unknown = JSON.parse((await cli(dir, 'get events -o json')).stdout);
    expect(list).toMatchObject({ metadata: { tidings: { coverage: { complete: false } } }, items: [] });
  });

  test('prints the newest thousand on a terminal and everything into a pipe', async () => {
    const { dir, append } = await openStore();
    await append(
      Array.from({ length: 1005 }, (_, index) => event(`web-${index}.a`, HOUR - index * 1000)),
      OBSERVED,
    );
    const terminal = await cli(dir, 'get events --no-headers', { isTTY: true });
    expect(lines(terminal.stdout)).toHaveLength(1000);
    expect(terminal.stdout).toMatch(/web-1004\.a\n$/);
    expect(terminal.stderr).toBe('# the newest 1000 events; --limit prints more\n');
    expect(lines((await cli(dir, 'get events --no-headers')).stdout)).toHaveLength(1005);
    expect(lines((await cli(dir, 'get events --no-headers --limit 1005', { isTTY: true })).stdout)).toHaveLength(1005);
  });

  test('with --watch prints what is committed later, each revision once, until it is stopped', async () => {
    const { dir, append } = await openStore();
    await append([event('web-0.a', 3 * HOUR), event('web-1.b', 2 * HOUR)], OBSERVED);
    const [stdout, stderr, stop] = [collector(), collector(), new AbortController()];
    const args = ['get', 'events', '-w', '-o', 'name', '-n', 'shop', '--data', dir];
    const ended = runCli(args, { stdout, stderr, env: {}, now: () => NOW, signal: stop.signal });
    await vi.waitFor(() => expect(lines(stdout.text)).toHaveLength(2));
    const repeated = event('web-0.c', HOUR);
    await append([
      repeated,
      { ...event('x.d', HOUR), metadata: { name: 'x.d', namespace: 'pay', uid: 'd', resourceVersion: '9' } },
    ]);
    await vi.waitFor(() => expect(lines(stdout.text)).toHaveLength(3), 5_000);
    await append([repeated, { ...repeated, count: 2, metadata: { ...repeated.metadata, resourceVersion: '700' } }]);
    await vi.waitFor(() => expect(lines(stdout.text)).toHaveLength(4), 5_000);
    stop.abort();
    expect(await ended).toBe(0);
    expect(stdout.text).toBe('event/web-0.a\nevent/web-1.b\nevent/web-0.c\nevent/web-0.c\n');
  });

  test('with --watch prints what is committed between its two questions once', async () => {
    const { dir, append } = await openStore();
    await append([event('web-0.a', 3 * HOUR)], OBSERVED);
    const history = openHistory(dir);
    onTestFinished(() => history.close());
    const reader: StoreReader = {
      end: () => history.end(),
      // Asked after `end` and before `events`.
      coverage: async (...args) => {
        await append([event('web-1.b', 2 * HOUR)]);
        return history.coverage(...args);
      },
      events: (...args) => history.events(...args),
      read: (...args) => history.read(...args),
      dataVersion: () => history.dataVersion(),
      close: () => history.close(),
    };
    const [stdout, stop] = [collector(), new AbortController()];
    const io = { stdout, stderr: collector(), env: {}, now: () => NOW, signal: stop.signal };
    const ended = getEvents(reader, { watch: true, output: 'name', headers: true }, io);
    await vi.waitFor(() => expect(lines(stdout.text)).toHaveLength(2));
    await append([event('web-2.c', HOUR)]);
    await vi.waitFor(() => expect(stdout.text).toContain('web-2.c'), 5_000);
    stop.abort();
    await ended;
    expect(stdout.text).toBe('event/web-0.a\nevent/web-1.b\nevent/web-2.c\n');
  });

  test('is quiet and content when the reader of the pipe has gone', async () => {
    const { dir, append } = await openStore();
    await append(
      Array.from({ length: 3000 }, (_, index) => event(`web-${index}.a`, HOUR)),
      OBSERVED,
    );
    const stdout = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    });
    const stderr = collector();
    expect(await runCli(['get', 'events', '--data', dir], { stdout, stderr, env: {}, now: () => NOW })).toBe(0);
    expect(stderr.text).toBe('');
  });
});

describe('tidings describe', () => {
  test('prints the columns that kubectl describe printed', async () => {
    const { dir, append } = await openStore();
    const fixtures = join(import.meta.dirname, '..', '..', 'test', 'fixtures', 'kubectl-output');
    const served = JSON.parse(readFileSync(join(fixtures, 'described-events.json'), 'utf8')) as Event[];
    await append(
      served.map(({ kind: _kind, apiVersion: _apiVersion, ...body }) => body as Event),
      { observed: { from: NOW - 96 * HOUR, to: NOW } },
    );
    const { stdout, stderr } = await cli(dir, 'describe pod story-0 -n shop');
    expect(stderr).toBe('');
    // Columns but From, where kubectl leaves out the instance. It also starts its columns anew after a line break.
    const rows = (text: string): string[] =>
      lines(text.slice(text.indexOf('Events:')))
        .slice(1)
        .map((line) => line.trim().split(/ {2,}/))
        .map((cells) => [...cells.slice(0, 3), cells.at(-1)].join('|'))
        .toSorted();
    const expected = readFileSync(join(fixtures, 'describe-events.txt'), 'utf8');
    expect(rows(stdout)).toEqual(rows(expected));
    expect(stdout).toContain('83s (x5 over 5h36m)');
    expect(stdout).toContain('  kubelet, node-1  ');
    expect(stdout).toMatch(/\n {50,}second line\n/);
  });

  test('tells incarnations apart by UID, oldest first, and names gaps where they fall', async () => {
    const { dir, append } = await openStore();
    const of = (name: string, ageMs: number, uid: string): Event =>
      event(name, ageMs, { involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web-0', uid } });
    await append([of('web-0.a', 9 * HOUR, 'first'), of('web-0.b', 8 * HOUR, 'first')], {
      observed: { from: NOW - 10 * HOUR, to: NOW - 7 * HOUR },
    });
    await append([of('web-0.c', 5 * HOUR, 'second'), of('web-0.d', 4 * HOUR, 'second')], {
      observed: { from: NOW - 6 * HOUR, to: NOW },
      breaks: [{ from: NOW - 7 * HOUR, to: NOW - 6 * HOUR, cause: 'stopped', healed: true, unknown: 'revisions' }],
    });
    const { stdout } = await cli(dir, 'describe po/web-0');
    const told = lines(stdout).map((line) => line.replace(/\d{4}-\d\d-\d\d |\d\d:\d\d(:\d\d)?/g, 'T'));
    expect(told).toEqual([
      'Name:          web-0',
      'Namespace:     shop',
      'Kind:          Pod',
      'Cluster:       prod',
      'First Seen:    TT (9h ago)',
      'Last Seen:     TT (4h ago)',
      'Incarnations:  2',
      '',
      'UID:  first',
      'Events:',
      '  Type    Reason   Age   From             Message',
      '  ----    ------   ----  ----             -------',
      '  Normal  Started  9h    kubelet, node-1  message of web-0.a',
      '  Normal  Started  8h    kubelet, node-1  message of web-0.b',
      expect.stringMatching(/^ {2}# not observed T–T: stopped: Tidings was not running; healed/),
      '',
      'UID:  second',
      'Events:',
      '  Type    Reason   Age   From             Message',
      '  ----    ------   ----  ----             -------',
      '  Normal  Started  5h    kubelet, node-1  message of web-0.c',
      '  Normal  Started  4h    kubelet, node-1  message of web-0.d',
    ]);
  });

  test('keeps a node in one piece, and says when there is nothing', async () => {
    const { dir, append } = await openStore();
    const of = (name: string, uid: string): Event => ({
      ...event(name, HOUR, { involvedObject: { kind: 'Node', name: 'node-1', uid } }),
      metadata: { name, namespace: 'default', uid: name, resourceVersion: name.length.toString() },
    });
    await append([of('node-1.a', 'node-1'), of('node-1.bb', '8a1f')], OBSERVED);
    const { stdout } = await cli(dir, 'describe node node-1');
    expect(stdout.match(/Events:/g)).toHaveLength(1);
    expect(stdout).not.toContain('UID');
    expect(await cli(dir, 'describe pod/none')).toEqual({ exitCode: 0, stdout: '', stderr: 'No resources found\n' });
    expect((await cli(dir, 'describe pod/none --cluster nope')).exitCode).toBe(2);
    expect((await cli(dir, 'describe pod')).exitCode).toBe(2);
  });
});

describe('tidings coverage', () => {
  test('prints in words what was observed and what was not', async () => {
    const { dir, append } = await openStore();
    await append([], { observed: { from: NOW - 5 * HOUR, to: NOW - 4 * HOUR } });
    await append([], {
      observed: { from: NOW - 3 * HOUR, to: NOW - HOUR },
      breaks: [{ from: NOW - 4 * HOUR, to: NOW - 3 * HOUR, cause: 'expired', healed: true, unknown: 'revisions' }],
    });
    const { stdout } = await cli(dir, 'coverage');
    const [head, ...rows] = lines(stdout).map((line) => line.split(/ {2,}/));
    expect(head).toEqual(['prod: all namespaces']);
    expect(rows.map(([, state, , duration, words]) => [state, duration, words?.split(';')[0]])).toEqual([
      ['observed', '60m', undefined],
      ['missing', '60m', 'expired: the API server had dropped the position'],
      ['observed', '120m', undefined],
      ['missing', '60m', 'nobody is watching'],
    ]);
    const earlier = await cli(dir, 'coverage --since 6h --until 4h');
    expect(earlier.stdout).toContain('nobody watched');
    expect(JSON.parse((await cli(dir, 'coverage --since 2h -o json')).stdout)).toMatchObject({
      from: '2026-11-21T05:13:49.430Z',
      complete: false,
      scopes: [{ cluster: 'prod', scope: '*', missing: [{ from: '2026-11-21T06:13:49.430Z' }] }],
    });
  });
});

describe('runCli', () => {
  test.each([
    ['gett events', /^error: unknown command 'gett'\n\(Did you mean get\?\)\n$/],
    ['get event --namspace x', /unknown option '--namspace'\n\(Did you mean --namespace\?\)/],
    ['get events -o jsn', /Allowed choices are wide, json, yaml, jsonl, name/],
    ['get events --since yesterday', /'--since <time>' argument 'yesterday' is invalid. Wanted: a duration/],
    ['get events --for pod', /argument 'pod' is invalid. Wanted: KIND\/NAME/],
    ['get pods', /unknown command 'pods'/],
  ])('answers %s with what is wrong and 2', async (args, message) => {
    const { exitCode, stdout, stderr } = await cli('/nowhere', args);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });

  test('simulate serves an API server until it is stopped', async () => {
    const [stdout, stop] = [collector(), new AbortController()];
    const io = { stdout, stderr: collector(), env: {}, signal: stop.signal };
    const ended = runCli(['simulate', '--past', '30m', '--scenario', 'cron-job'], io);
    await vi.waitFor(() => expect(stdout.text).toContain('Try:'));
    const [url = ''] = lines(stdout.text);
    const events = (await (await fetch(`${url}/api/v1/events`)).json()) as { readonly items: readonly Event[] };
    expect(events.items.map(({ reason }) => reason)).toContain('SawCompletedJob');
    stop.abort();
    expect(await ended).toBe(0);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  test('says that there is no store without a stack trace', async () => {
    const { exitCode, stderr } = await cli('/nowhere/at-all', 'get events');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error: .*\/nowhere\/at-all/);
    expect(stderr).not.toContain('    at ');
  });

  test('prints help with the exit codes', async () => {
    const { exitCode, stdout } = await cli('/nowhere', '--help');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Exit codes: 0 done, 1 failed, 2 called wrongly');
    expect((await cli('/nowhere', 'get events --help')).stdout).toContain('--for <kind/name>');
  });

  test('prints its version', async () => {
    expect((await cli('/nowhere', 'version')).stdout).toMatch(/^tidings \d+\.\d+\.\d+ \(Node v\d+/);
    expect(JSON.parse((await cli('/nowhere', 'version -o json')).stdout)).toHaveProperty('version');
  });
});
