import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { runCli } from './cli.ts';

async function kubeconfig(...args: readonly string[]): Promise<{ code: number; text: string; problem: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await runCli(['kubeconfig', ...args], { stdout, stderr, env: {} });
  return { code, text: String(stdout.read() ?? ''), problem: String(stderr.read() ?? '') };
}

describe('kubeconfig', () => {
  test('prints a context of its own, as kubectl reads it', async () => {
    const { code, text } = await kubeconfig();
    expect(code).toBe(0);
    expect(parse(text)).toEqual({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'tidings', cluster: { server: 'http://127.0.0.1:7780', 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'tidings', user: {} }],
      contexts: [{ name: 'tidings', context: { cluster: 'tidings', user: 'tidings' } }],
      'current-context': 'tidings',
    });
  });

  test('asks for a cluster and a window in the path of the server', async () => {
    const { text } = await kubeconfig('--url', 'http://localhost:1/', '--cluster', 'prod', '--window', '30d');
    expect(parse(text)).toMatchObject({
      clusters: [{ name: 'tidings-prod', cluster: { server: 'http://localhost:1/clusters/prod/window/30d' } }],
    });
    expect((await kubeconfig('--window', 'all', '--name', 'past')).text).toContain('current-context: past');
  });

  test('leaves certificates to be verified where there are any', async () => {
    const { text } = await kubeconfig('--url', 'https://tidings.example');
    expect(parse(text)).toMatchObject({ clusters: [{ cluster: { server: 'https://tidings.example' } }] });
    expect(text).not.toContain('insecure');
  });

  test('refuses what is no URL and no duration', async () => {
    expect(await kubeconfig('--url', 'tidings')).toMatchObject({ code: 2, text: '' });
    expect((await kubeconfig('--window', 'long')).problem).toContain('Wanted: a duration');
  });
});
