import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cli, event, HOUR, lines, NOW, OBSERVED, openStore } from '../../test/helpers/cli-store.ts';
import type { Event } from '../core/event.ts';

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
