import { describe, expect, test, vi } from 'vitest';
import { cli, HOUR, lines, NOW, openStore } from '../../test/helpers/cli-store.ts';
import { collector } from '../../test/helpers/collector.ts';
import type { Event } from '../core/event.ts';
import { runCli } from './cli.ts';

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
    const io = { stdout, stderr: collector(), env: {}, now: Date.now, signal: stop.signal };
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
