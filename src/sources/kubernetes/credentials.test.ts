import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../../test/helpers/temporary-directory.ts';
import { Credentials } from './credentials.ts';
import type { ExecConfig } from './exec-plugin.ts';

/** A plugin that gives `token-1`, `token-2`, …, and how often it ran. */
function countingPlugin(expirationTimestamp?: string): { config: ExecConfig; runs: () => number } {
  const path = temporaryDirectory();
  const command = join(path, 'plugin');
  const expiry = expirationTimestamp ? `,"expirationTimestamp":"${expirationTimestamp}"` : '';
  writeFileSync(
    command,
    `#!/bin/sh\necho x >> ${path}/runs\n` +
      `printf '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"token-%d"${expiry}}}' $(wc -l < ${path}/runs)\n`,
  );
  chmodSync(command, 0o700);
  return {
    config: { command, args: [], env: {}, apiVersion: 'client.authentication.k8s.io/v1' },
    runs: () => readFileSync(join(path, 'runs'), 'utf8').length / 2,
  };
}

describe('Credentials', () => {
  test('gives a token, a user name and password, or nothing', async () => {
    expect(await new Credentials({ token: 't' }).current()).toEqual({ headers: { authorization: 'Bearer t' } });
    expect(await new Credentials({ basic: { username: 'u', password: 'p' } }).current()).toEqual({
      headers: { authorization: 'Basic dTpw' },
    });
    expect(await new Credentials({}).current()).toEqual({ headers: {} });
  });

  test('gives the headers of impersonation, bytes of UTF-8 and escaped keys', async () => {
    const impersonate = { user: 'jürgen', uid: '7', groups: ['a', 'b'], extra: { 'Ex.io/(x)%': ['1', '2'], none: [] } };
    const { headers } = await new Credentials({ impersonate }).current();
    expect(headers).toEqual({
      'impersonate-user': Buffer.from('jürgen').toString('latin1'),
      'impersonate-uid': '7',
      'impersonate-group': ['a', 'b'],
      'impersonate-extra-ex.io%2f%28x%29%25': ['1', '2'],
    });
  });

  test('refuses a token that no header can carry, without repeating it', async () => {
    const error = await new Credentials({ token: 'hidden\nword' }).current().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'CREDENTIALS_FAILED', message: expect.not.stringContaining('hidden') });
  });

  test('reads a token file again after ten seconds', async () => {
    const tokenFile = join(temporaryDirectory(), 'token');
    let now = 0;
    writeFileSync(tokenFile, 'first\n');
    const credentials = new Credentials({ tokenFile }, { now: () => now });
    const first = await credentials.current();
    expect(first.headers).toEqual({ authorization: 'Bearer first' });
    writeFileSync(tokenFile, 'second\n');
    now = 9_999;
    expect(await credentials.current()).toBe(first);
    now = 10_000;
    expect((await credentials.current()).headers).toEqual({ authorization: 'Bearer second' });
  });

  test('reads a token file again at once when the token was refused', async () => {
    const tokenFile = join(temporaryDirectory(), 'token');
    writeFileSync(tokenFile, 'first');
    const credentials = new Credentials({ tokenFile }, { now: () => 0 });
    const first = await credentials.current();
    expect(await credentials.renew(first)).toBe(first);
    writeFileSync(tokenFile, 'second');
    expect((await credentials.renew(first)).headers).toEqual({ authorization: 'Bearer second' });
  });

  test('keeps the last token while the file is gone or empty', async () => {
    const tokenFile = join(temporaryDirectory(), 'token');
    const credentials = new Credentials({ tokenFile });
    await expect(credentials.current()).rejects.toMatchObject({
      code: 'CREDENTIALS_FAILED',
      message: `read a token from ${tokenFile}: ENOENT`,
    });
    writeFileSync(tokenFile, '');
    await expect(credentials.current()).rejects.toThrow('it is empty');
    writeFileSync(tokenFile, 'first');
    const first = await credentials.current();
    writeFileSync(tokenFile, '');
    expect(await credentials.renew(first)).toBe(first);
    rmSync(tokenFile);
    expect(await credentials.renew(first)).toBe(first);
  });

  // As client-go does: the token is what remains when the file cannot be read.
  test('prefers a token file to a token', async () => {
    const tokenFile = join(temporaryDirectory(), 'token');
    const credentials = new Credentials({ token: 'given', tokenFile });
    expect((await credentials.current()).headers).toEqual({ authorization: 'Bearer given' });
    writeFileSync(tokenFile, 'file');
    expect((await credentials.current()).headers).toEqual({ authorization: 'Bearer file' });
  });

  test('reads a client certificate again when its files were replaced', async () => {
    const path = temporaryDirectory();
    const [cert, key] = [join(path, 'c'), join(path, 'k')];
    writeFileSync(cert, 'cert 1');
    writeFileSync(key, 'key 1');
    const credentials = new Credentials(
      { certificate: { cert: { file: cert }, key: { file: key } } },
      { now: () => 0 },
    );
    const first = await credentials.current();
    expect(first.certificate).toEqual({ cert: 'cert 1', key: 'key 1' });
    writeFileSync(cert, 'cert 2');
    writeFileSync(key, 'key 2');
    expect((await credentials.renew(first)).certificate).toEqual({ cert: 'cert 2', key: 'key 2' });
  });

  test('runs an exec plugin once for callers at the same time, and again when it has expired', async () => {
    const { config, runs } = countingPlugin('2026-01-01T00:00:10Z');
    let now = Date.parse('2026-01-01T00:00:00Z');
    const credentials = new Credentials({ exec: config }, { now: () => now });
    const [first, same] = await Promise.all([credentials.current(), credentials.current()]);
    expect(first.headers).toEqual({ authorization: 'Bearer token-1' });
    expect(same).toBe(first);
    now += 9_999;
    expect(await credentials.current()).toBe(first);
    expect(runs()).toBe(1);
    now += 1;
    const [second, third] = await Promise.all([credentials.current(), credentials.current()]);
    expect(second.headers).toEqual({ authorization: 'Bearer token-2' });
    expect(third).toBe(second);
    expect(runs()).toBe(2);
  });

  test('runs an exec plugin again once when its token was refused, however many callers say so', async () => {
    const { config, runs } = countingPlugin();
    const credentials = new Credentials({ exec: config });
    const first = await credentials.current();
    const renewed = await Promise.all([credentials.renew(first), credentials.renew(first)]);
    renewed.push(await credentials.renew(first));
    expect(renewed.map(({ headers }) => headers)).toEqual(Array(3).fill({ authorization: 'Bearer token-2' }));
    expect(runs()).toBe(2);
  });

  test('does not run an exec plugin when the kubeconfig gives a token', async () => {
    const exec: ExecConfig = { ...countingPlugin().config, command: '/nothing/there' };
    expect((await new Credentials({ token: 't', exec }).current()).headers).toEqual({ authorization: 'Bearer t' });
  });

  test('tries an exec plugin again after it failed', async () => {
    const { config } = countingPlugin();
    chmodSync(config.command, 0o600);
    const credentials = new Credentials({ exec: config });
    await expect(credentials.current()).rejects.toMatchObject({ code: 'CREDENTIALS_FAILED' });
    chmodSync(config.command, 0o700);
    expect((await credentials.current()).headers).toEqual({ authorization: 'Bearer token-1' });
  });
});
