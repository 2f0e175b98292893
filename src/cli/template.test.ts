import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { collector } from '../../test/helpers/collector.ts';
import { runCli } from './cli.ts';

const EVENT = {
  kind: 'Event',
  apiVersion: 'v1',
  metadata: { name: 'web.1', namespace: 'shop', uid: 'u', resourceVersion: '7' },
  involvedObject: { kind: 'Pod', name: 'web', namespace: 'shop', labels: { app: 'web' } },
  reason: 'BackOff',
  message: 'a "quoted"\nmessage',
  count: 5,
  lastTimestamp: '2026-07-01T10:00:00Z',
  tidings: { cluster: 'prod' },
};

async function template(args: readonly string[], lines: readonly unknown[] = [EVENT]) {
  const [stdout, stderr] = [collector(), collector()];
  const stdin = Readable.from(lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`));
  const exitCode = await runCli(['template', ...args], {
    stdin,
    stdout,
    stderr,
    env: { GREETING: 'hello' },
    now: Date.now,
  });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

describe('tidings template', () => {
  test('prints one JSON string an event', async () => {
    const text =
      '{{ .ClusterName }}/{{ .InvolvedObject.Labels.app }} {{ .Reason | lower }} {{ add .Count 1 }}: {{ .Message }}';
    expect(await template([text], [EVENT, '', { ...EVENT, reason: 'Pulled' }])).toEqual({
      exitCode: 0,
      stdout: `${JSON.stringify('prod/web backoff 6: a "quoted"\nmessage')}\n${JSON.stringify('prod/web pulled 6: a "quoted"\nmessage')}\n`,
      stderr: '',
    });
  });

  test('prints times in a zone, and finds the environment', async () => {
    const { stdout } = await template(['{{ .LastTimestamp }} {{ env "GREETING" }}', '--timezone', 'Europe/Berlin']);
    expect(stdout).toBe('"2026-07-01 12:00:00 +0200 CEST hello"\n');
  });

  test('refuses a template that cannot be parsed, with its place', async () => {
    expect(await template(['{{ .Reason'])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'error: template: template:1: unclosed action\n',
    });
  });

  test('goes on after an event that it cannot render, and says which and where', async () => {
    const { exitCode, stdout, stderr } = await template(['{{ .message }}'], [EVENT, 'x', '{}']);
    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(
      'line 1: template: template:1:3: executing "template" at <.message>: can\'t evaluate field',
    );
    expect(stderr).toContain('line 2: Unexpected token');
    expect(stderr).toContain('line 3: found JSON that is no event');
  });
});
