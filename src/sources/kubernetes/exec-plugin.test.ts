import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../../test/helpers/temporary-directory.ts';
import { type ExecConfig, runExecPlugin } from './exec-plugin.ts';

/** An exec plugin: a shell script. */
function plugin(script: string, config: Partial<ExecConfig> = {}): ExecConfig {
  const directory = temporaryDirectory();
  const command = join(directory, 'plugin');
  writeFileSync(command, `#!/bin/sh\n${script}\n`);
  chmodSync(command, 0o700);
  return { command, args: [], env: {}, apiVersion: 'client.authentication.k8s.io/v1', ...config };
}

function printing(status: string, apiVersion = 'client.authentication.k8s.io/v1'): string {
  return `echo '{"kind":"ExecCredential","apiVersion":"${apiVersion}","status":${status}}'`;
}

const env = { PATH: process.env['PATH'] };

describe('runExecPlugin', () => {
  test('gives the token, certificate and expiry that the plugin prints', async () => {
    const status =
      '{"token":"t","clientCertificateData":"c","clientKeyData":"k","expirationTimestamp":"2026-01-02T03:04:05Z"}';
    expect(await runExecPlugin(plugin(printing(status)), { env })).toEqual({
      token: 't',
      certificate: { cert: 'c', key: 'k' },
      expiresAt: Date.parse('2026-01-02T03:04:05Z'),
    });
  });

  test('passes arguments, variables and KUBERNETES_EXEC_INFO as kubectl does', async () => {
    const script = 'echo "$1|$OWN|$GIVEN|$KUBERNETES_EXEC_INFO|$(cat)" >&2; exit 1';
    const config = plugin(script, { args: ['one'], env: { GIVEN: 'b' }, cluster: () => ({ server: 'https://s' }) });
    await expect(runExecPlugin(config, { env: { ...env, OWN: 'a' } })).rejects.toThrow(
      'exit code 1: one|a|b|{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1",' +
        '"spec":{"cluster":{"server":"https://s"},"interactive":false}}|',
    );
  });

  test('finds a plain name on its own PATH, not on the one among the variables', async () => {
    const { command } = plugin(printing('{"token":"t"}'));
    const directory = join(command, '..');
    const config: ExecConfig = { ...plugin(''), command: 'plugin' };
    expect(await runExecPlugin(config, { env: { PATH: `.::${directory}:${env.PATH}` } })).toEqual({ token: 't' });
    const elsewhere = { ...config, env: { PATH: directory }, installHint: 'Install it' };
    await expect(runExecPlugin(elsewhere, { env })).rejects.toMatchObject({
      code: 'CREDENTIALS_FAILED',
      message: 'run exec plugin plugin: found no executable file of that name on the PATH',
      hint: 'Install it',
    });
  });

  test.each([
    ['exit 3', 'it ended with exit code 3'],
    ['kill -9 $$', 'it was ended by SIGKILL'],
    ['echo no', 'found something else on its standard output'],
    ['echo "{"', 'found neither JSON nor YAML'],
    [printing('null'), 'found no status with a token or client certificate'],
    [printing('{}'), 'found no status with a token or client certificate'],
    [printing('{"clientKeyData":"k"}'), 'found only a client key, want both or neither'],
    [printing('{"token":"t","expirationTimestamp":"soon"}'), 'found an expirationTimestamp that is no RFC 3339 time'],
    [
      printing('{"token":"t"}', 'client.authentication.k8s.io/v1beta1'),
      'found an answer of apiVersion "client.authentication.k8s.io/v1beta1", want client.authentication.k8s.io/v1',
    ],
    ['yes', 'found more than 1048576 bytes of output'],
  ])('says what is wrong with %j', async (script, problem) => {
    const config = plugin(script);
    await expect(runExecPlugin(config, { env })).rejects.toMatchObject({
      code: 'CREDENTIALS_FAILED',
      message: expect.stringContaining(`run exec plugin ${config.command}: ${problem}`),
    });
  });

  test('ends a plugin that does not come to an end', async () => {
    await expect(runExecPlugin(plugin('exec sleep 60'), { env, timeoutMs: 50 })).rejects.toThrow(
      'it was still running after 0.05 s',
    );
  });

  test('ends a plugin when it is aborted', async () => {
    const controller = new AbortController();
    const run = runExecPlugin(plugin('exec sleep 60'), { env, signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(run).rejects.toThrow('enough');
  });

  test('repeats what a plugin complains about, shortened and without what may be secret', async () => {
    const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJl';
    const script = [
      'echo "start" >&2',
      'i=0; while [ $i -lt 100 ]; do echo "line $i" >&2; i=$((i+1)); done',
      `echo "login failed for $SECRET, token ${token}, $1" >&2`,
      'exit 1',
    ].join('\n');
    const config = plugin(script, { args: ['argument-with-secret'], env: { SECRET: 'hidden-word' } });
    const error = await runExecPlugin(config, { env }).catch((reason: unknown) => reason);
    const message = error instanceof Error && error.cause === undefined ? error.message : '';
    expect(message).toMatch(/exit code 1: ….*line 99 login failed for <redacted>, token <redacted>, <redacted>$/);
    expect(message).not.toContain('start');
  });
});
