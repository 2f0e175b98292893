/** Whatever fails, no text of the error, its hint and its causes holds a secret. */
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryDirectory } from '../../../test/helpers/temporary-directory.ts';
import { AppError } from '../../core/errors.ts';
import { createClient } from './client.ts';
import { loadClientConfig } from './kubeconfig.ts';

const SECRET = 'hidden-word-0123456789';
const SECRET_BASE64 = Buffer.from(SECRET).toString('base64');

// Each with a user and a cluster that make something fail, be it on loading or on asking.
const CASES: Readonly<Record<string, { readonly user: string; readonly cluster?: string }>> = {
  'YAML that breaks off after a token': { user: `{token: "${SECRET}` },
  'a token that is a list': { user: `{token: [${SECRET}]}` },
  'a token with a line break': { user: `{token: "${SECRET}\\n${SECRET}"}` },
  'a token that is refused': { user: `{token: ${SECRET}}` },
  'a password that is refused': { user: `{username: u, password: ${SECRET}}` },
  'two ways to authenticate': { user: `{token: ${SECRET}, username: u, password: ${SECRET}}` },
  'a key that is not base64': { user: `{client-key-data: "###${SECRET}"}` },
  'a key that is no key': { user: `{client-certificate-data: ${SECRET_BASE64}, client-key-data: ${SECRET_BASE64}}` },
  'a key without a certificate, and no command': {
    user: `{client-key-data: ${SECRET_BASE64}, exec: {apiVersion: v1, env: [{name: "", value: ${SECRET}}]}}`,
  },
  'a plugin that is not there': { user: plugin('nothing') },
  'a plugin that fails and repeats its input': { user: plugin('./fails') },
  'a plugin that prints something else': { user: plugin('./prints') },
  'a plugin that prints an unfinished answer': { user: plugin('./breaks-off') },
  'a plugin that prints a key that is none': { user: plugin('./bad-key') },
  'a plugin whose token is refused': { user: plugin('./works') },
  'a proxy that is not there': { user: `{token: ${SECRET}}`, cluster: `, proxy-url: "http://u:${SECRET}@127.0.0.1:1"` },
  'a proxy that is none': { user: `{token: ${SECRET}}`, cluster: `, proxy-url: "ftp://u:${SECRET}@127.0.0.1:1"` },
};

function plugin(command: string): string {
  return `{exec: {command: ${command}, args: [--secret=${SECRET}], env: [{name: SECRET, value: ${SECRET}}], apiVersion: client.authentication.k8s.io/v1beta1}}`;
}

function pluginPrinting(status: string): string {
  return `echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","status":${status}'`;
}

test.each(Object.entries(CASES))('no error text holds a secret: %s', async (_name, { user, cluster = '' }) => {
  const directory = temporaryDirectory();
  const scripts: Record<string, string> = {
    fails: 'echo "$SECRET $1" >&2; exit 1',
    prints: 'echo "token=$SECRET"',
    'breaks-off': pluginPrinting(`{"token":"${SECRET}"`),
    'bad-key': pluginPrinting(`{"clientCertificateData":"${SECRET}","clientKeyData":"${SECRET}"}}`),
    works: pluginPrinting(`{"token":"${SECRET}"}}`),
  };
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(directory, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(directory, name), 0o700);
  }
  const lines = [
    'current-context: c',
    'contexts: [{name: c, context: {cluster: k, user: u}}]',
    `clusters: [{name: k, cluster: {server: "https://127.0.0.1:1"${cluster}}}]`,
    `users: [{name: u, user: ${user}}]`,
  ];
  const kubeconfig = join(directory, 'config');
  writeFileSync(kubeconfig, lines.join('\n'));
  const env = { PATH: process.env['PATH'] };
  const error = await (async () => {
    const config = await loadClientConfig({ kubeconfig, env });
    const client = createClient(cluster ? config : { ...config, server: await refusing() }, { env });
    onTestFinished(() => client.close());
    return client.getJson('/');
  })().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(AppError);
  // Everything that a logger could print of it: message, hint, stack and causes.
  const text = inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true });
  expect(text).not.toContain(SECRET);
  expect(text).not.toContain(SECRET_BASE64);
  expect(text).not.toContain(Buffer.from(`u:${SECRET}`).toString('base64'));
});

/** A server that answers 401, and repeats what it was asked with. */
async function refusing(): Promise<string> {
  const server = createServer(({ headers }, response) => {
    response.statusCode = 401;
    response.end(JSON.stringify({ kind: 'Status', reason: 'Unauthorized', message: JSON.stringify(headers) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}
