/** The same kubeconfig works, or does not, with kubectl and with Tidings. */
import { chmodSync, copyFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ControlPlane } from './cluster/control-plane.ts';
import { runKubectl, useCluster } from './helpers/cluster.ts';
import { CONTROL_PLANE, lacking } from './helpers/require-component.ts';
import { testDirectory } from './helpers/suite.ts';
import { runTidings } from './helpers/tidings.ts';

type Section = Readonly<Record<string, unknown>>;

interface Parts {
  readonly cluster?: Section;
  readonly user?: Section;
  /** Other sections than those of one cluster, user and context, all named `it`. */
  readonly more?: Section;
}

interface Case {
  readonly name: string;
  readonly works: boolean;
  /** Writes kubeconfigs into the directory and gives what KUBECONFIG is set to. */
  readonly write: (given: { readonly dir: string; readonly controlPlane: ControlPlane }) => string;
}

const CASES: readonly Case[] = [
  { name: 'a token', works: true, write: ({ controlPlane }) => controlPlane.kubeconfigs.admin },
  { name: 'a client certificate', works: true, write: ({ controlPlane }) => controlPlane.kubeconfigs.adminCertificate },
  { name: 'a user without rights', works: false, write: ({ controlPlane }) => controlPlane.kubeconfigs.dev },
  {
    name: 'certificate files named relative to the kubeconfig',
    works: true,
    write({ dir, controlPlane }) {
      for (const file of ['ca.crt', 'admin.crt', 'admin.key']) {
        copyFileSync(join(controlPlane.dir, 'pki', file), join(dir, file));
      }
      return kubeconfig(dir, controlPlane, {
        cluster: { 'certificate-authority': 'ca.crt' },
        user: { 'client-certificate': 'admin.crt', 'client-key': 'admin.key' },
      });
    },
  },
  {
    name: 'a token file',
    works: true,
    write({ dir, controlPlane }) {
      writeFileSync(join(dir, 'token'), `${controlPlane.adminToken}\n`);
      return kubeconfig(dir, controlPlane, { user: { tokenFile: join(dir, 'token') } });
    },
  },
  {
    name: 'a token file that is missing',
    works: false,
    write: ({ dir, controlPlane }) => kubeconfig(dir, controlPlane, { user: { tokenFile: join(dir, 'token') } }),
  },
  {
    name: 'a wrong token',
    works: false,
    write: ({ dir, controlPlane }) => kubeconfig(dir, controlPlane, { user: { token: 'wrong' } }),
  },
  {
    name: 'an exec plugin',
    works: true,
    write({ dir, controlPlane }) {
      const plugin = join(dir, 'plugin');
      const credential = {
        apiVersion: 'client.authentication.k8s.io/v1',
        kind: 'ExecCredential',
        status: { token: controlPlane.adminToken },
      };
      writeFileSync(plugin, `#!/bin/sh\necho '${JSON.stringify(credential)}'\n`);
      chmodSync(plugin, 0o755);
      const exec = { apiVersion: credential.apiVersion, command: './plugin', interactiveMode: 'Never' };
      return kubeconfig(dir, controlPlane, { user: { exec } });
    },
  },
  {
    name: 'no authority for the certificate',
    works: false,
    write: ({ dir, controlPlane }) => kubeconfig(dir, controlPlane, { cluster: { 'certificate-authority-data': '' } }),
  },
  {
    name: 'insecure-skip-tls-verify',
    works: true,
    write: ({ dir, controlPlane }) =>
      kubeconfig(dir, controlPlane, {
        cluster: { 'certificate-authority-data': '', 'insecure-skip-tls-verify': true },
      }),
  },
  {
    name: 'tls-server-name that the certificate has',
    works: true,
    write: ({ dir, controlPlane }) =>
      kubeconfig(dir, controlPlane, { cluster: { 'tls-server-name': 'kubernetes.default.svc' } }),
  },
  {
    name: 'tls-server-name that the certificate does not have',
    works: false,
    write: ({ dir, controlPlane }) => kubeconfig(dir, controlPlane, { cluster: { 'tls-server-name': 'example.org' } }),
  },
  {
    name: 'a current context that is not defined',
    works: false,
    write: ({ dir, controlPlane }) => kubeconfig(dir, controlPlane, { more: { 'current-context': 'other' } }),
  },
  {
    name: 'a list of files that complete each other, one of them missing',
    works: true,
    write({ dir, controlPlane }) {
      const first = join(dir, 'first');
      writeFileSync(first, JSON.stringify({ apiVersion: 'v1', kind: 'Config', 'current-context': 'both' }));
      const context = { name: 'both', context: { cluster: 'it', user: 'it' } };
      const second = kubeconfig(dir, controlPlane, { more: { 'current-context': 'other', contexts: [context] } });
      return [first, join(dir, 'missing'), second].join(delimiter);
    },
  },
];

describe.skipIf(lacking(...CONTROL_PLANE))('kubeconfig', () => {
  const cluster = useCluster();

  test.each(CASES)('$name: works is $works, as with kubectl', async ({ works, write }) => {
    const { controlPlane } = cluster();
    const dir = testDirectory();
    const KUBECONFIG = write({ dir, controlPlane });
    const [kubectl, tidings] = await Promise.all([
      outcome(runKubectl(KUBECONFIG, ['get', '--raw', '/api/v1/events?limit=1'])),
      outcome(runTidings(['check', '--data', join(dir, 'data')], { KUBECONFIG })),
    ]);
    expect(kubectl).toEqual({ works, said: kubectl.said });
    expect(tidings).toEqual({ works, said: tidings.said });
    // It refuses with a message of its own, not with a stack.
    expect(tidings.said).not.toMatch(/\n +at /);
  });
});

async function outcome(run: Promise<string>): Promise<{ readonly works: boolean; readonly said: string }> {
  return run.then(
    (said) => ({ works: true, said }),
    (error: Error) => ({ works: false, said: error.message }),
  );
}

/** Writes a kubeconfig in which everything is right but what is given, and returns its path. */
function kubeconfig(dir: string, controlPlane: ControlPlane, { cluster, user, more }: Parts): string {
  const path = join(dir, 'config');
  const authority = cluster !== undefined && 'certificate-authority' in cluster ? {} : controlPlane.authority;
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'it',
    clusters: [{ name: 'it', cluster: { server: controlPlane.server, ...authority, ...cluster } }],
    users: [{ name: 'it', user: user ?? { token: controlPlane.adminToken } }],
    contexts: [{ name: 'it', context: { cluster: 'it', user: 'it' } }],
    ...more,
  };
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}
