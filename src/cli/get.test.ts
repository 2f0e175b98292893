import { Writable } from 'node:stream';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ago, cli, event, HOUR, lines, NOW, OBSERVED, openStore } from '../../test/helpers/cli-store.ts';
import { collector } from '../../test/helpers/collector.ts';
import { openHistory } from '../app/open-history.ts';
import type { Event } from '../core/event.ts';
import { type EventRecord, eventRecord } from '../core/record.ts';
import { follow } from './_follow.ts';
import { getEvents } from './_get-events.ts';
import type { StoreReader } from './_history.ts';
import { runCli } from './cli.ts';

interface Marked {
  readonly tidings: { readonly deletedAt?: string };
}

/** The delete of an event, so long before NOW. */
function end(deleted: Event, ageMs: number): EventRecord {
  const metadata = { ...deleted.metadata, resourceVersion: '900' };
  const envelope = { cluster: 'prod', epoch: 1, scope: '*', origin: 'watch', news: true } as const;
  return eventRecord({ ...deleted, metadata }, { ...envelope, receivedAt: NOW - ageMs });
}

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

  test('keeps events that were deleted, and says so', async () => {
    const { dir, append } = await openStore();
    const deleted = event('web-0.a', 3 * HOUR);
    await append([deleted, event('web-1.b', 2 * HOUR)], {
      ...OBSERVED,
      deletions: [end(deleted, HOUR)],
    });
    const [header, row, other] = lines((await cli(dir, 'get events -o wide')).stdout);
    expect(header).not.toMatch(/deleted/i);
    expect(row).toContain('  (deleted 60m ago) message of web-0.a  ');
    expect(other).toContain('  message of web-1.b  ');
    expect((await cli(dir, 'get events')).stdout).toContain('(deleted 60m ago) message of web-0.a');
    const marks = (output: string): unknown[] =>
      output.split('\n').flatMap((line) => (line ? [(JSON.parse(line) as Marked).tidings.deletedAt] : []));
    expect(marks((await cli(dir, 'get events -o jsonl')).stdout)).toEqual(['2026-11-21T06:13:49.430Z', undefined]);
    const { items } = JSON.parse((await cli(dir, 'get events -o json')).stdout) as { items: Marked[] };
    expect(items.map(({ tidings }) => tidings)).toEqual([{ deletedAt: '2026-11-21T06:13:49.430Z' }, undefined]);
    expect((await cli(dir, 'get events -o yaml')).stdout).toMatch(/^ {2}tidings:\n {4}deletedAt: "?2026-11-21T06/m);
    expect((await cli(dir, 'describe pod/web-0')).stdout).toContain('  (deleted 60m ago) message of web-0.a\n');
  });

  test('says once that a filter cannot be evaluated for events, and leaves them out', async () => {
    const { dir, append } = await openStore();
    const labelled = event('web-2.c', HOUR);
    const { metadata } = labelled;
    await append(
      [
        event('web-0.a', 3 * HOUR),
        event('web-1.b', 2 * HOUR),
        { ...labelled, metadata: { ...metadata, labels: { team: 'a' } } },
      ],
      OBSERVED,
    );
    const { stdout, stderr } = await cli(dir, 'get events -o name --filter event.metadata.labels.team=="a"');
    expect(stdout).toBe('event/web-2.c\n');
    expect(stderr).toBe('# events of which the filter cannot be evaluated are left out: No such key: team\n');
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
      coverage: async (range) => {
        await append([event('web-1.b', 2 * HOUR)]);
        return history.coverage(range);
      },
      events: (...args) => history.events(...args),
      follow: (from, _query, signal) => follow(history, from, signal),
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
