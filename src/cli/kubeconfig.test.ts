import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { temporaryDirectory } from '../../test/helpers/temporary-directory.ts';
import type { CliIo } from './_io.ts';
import { runCli } from './cli.ts';

async function kubeconfig(...args: readonly string[]): Promise<Printed> {
  return kubeconfigIn({}, ...args);
}

interface Printed {
  readonly code: number;
  readonly text: string;
  readonly problem: string;
}

async function kubeconfigIn(env: CliIo['env'], ...args: readonly string[]): Promise<Printed> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await runCli(['kubeconfig', ...args], { stdout, stderr, env, now: Date.now });
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

  test('takes the authority and the credentials of a context along, with paths that hold anywhere', async () => {
    const directory = temporaryDirectory();
    const ca = join(directory, 'ca.crt');
    writeFileSync(ca, '-----BEGIN CERTIFICATE-----\n');
    const exec = { command: './login', args: ['--quiet'], apiVersion: 'client.authentication.k8s.io/v1' };
    const users = [
      { name: 'ann', user: { tokenFile: 'token', 'client-key-data': 'a2V5', exec } },
      { name: 'bob', user: { token: 'of-bob' } },
    ];
    const contexts = ['ann', 'bob', 'eve'].map((name) => ({ name, context: { user: name, cluster: 'prod' } }));
    const config = { users, contexts, 'current-context': 'ann' };
    writeFileSync(join(directory, 'config'), JSON.stringify(config));
    const env = { KUBECONFIG: join(directory, 'config') };
    const flags = ['--url', 'https://tidings:7780', '--certificate-authority', ca, '--with-credentials'];
    expect(parse((await kubeconfigIn(env, ...flags)).text)).toMatchObject({
      clusters: [
        { cluster: { 'certificate-authority-data': Buffer.from('-----BEGIN CERTIFICATE-----\n').toString('base64') } },
      ],
      users: [
        {
          name: 'tidings',
          user: {
            tokenFile: join(directory, 'token'),
            'client-key-data': 'a2V5',
            exec: { ...exec, command: join(directory, 'login') },
          },
        },
      ],
    });
    expect(parse((await kubeconfigIn(env, ...flags, '--context', 'bob')).text)).toMatchObject({
      users: [{ user: { token: 'of-bob' } }],
    });
    expect((await kubeconfigIn(env, ...flags, '--context', 'eve')).problem).toContain('want a user that is defined');
    expect((await kubeconfigIn(env, '--with-credentials')).problem).toContain('want https');
    expect((await kubeconfigIn({}, '--certificate-authority', join(directory, 'none'))).code).toBe(2);
    expect((await kubeconfigIn({}, '--certificate-authority', env.KUBECONFIG)).problem).toContain('no certificate');
  });

  test('refuses what is no URL and no duration', async () => {
    expect(await kubeconfig('--url', 'tidings')).toMatchObject({ code: 2, text: '' });
    expect((await kubeconfig('--window', 'long')).problem).toContain('Wanted: a duration');
  });
});
