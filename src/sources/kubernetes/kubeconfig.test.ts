import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../../test/helpers/temporary-directory.ts';
import { AppError } from '../../core/errors.ts';
import { type LoadOptions, loadClientConfig, plainConfig } from './kubeconfig.ts';

/** A directory with these files, by their path in it. */
function directoryWith(files: Readonly<Record<string, string>>): string {
  const directory = temporaryDirectory();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(directory, path, '..'), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  return directory;
}

async function failureOf(promise: Promise<unknown>): Promise<AppError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AppError)) throw new Error('expected an AppError', { cause: error });
  return error;
}

const PEM = '-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n';
const PEM_BASE64 = Buffer.from(PEM).toString('base64');

/** A kubeconfig of one context `c`, with the given fields of its cluster and its user. */
function kubeconfig(cluster: string, user = '{token: t}'): string {
  return [
    'current-context: c',
    'contexts: [{name: c, context: {cluster: k, user: u}}]',
    `clusters: [{name: k, cluster: ${cluster}}]`,
    `users: [{name: u, user: ${user}}]`,
  ].join('\n');
}

describe('loadClientConfig', () => {
  test('finds ~/.kube/config when nothing else is named', async () => {
    const homeDir = directoryWith({ '.kube/config': kubeconfig('{server: "https://home.example"}') });
    expect(await loadClientConfig({ homeDir, env: {} })).toEqual({
      server: 'https://home.example',
      tls: { insecure: false },
      disableCompression: false,
      auth: { token: 't' },
      contextName: 'c',
    });
  });

  test('prefers the file given to KUBECONFIG, and KUBECONFIG to the home directory', async () => {
    const dir = directoryWith({
      '.kube/config': kubeconfig('{server: "https://home.example"}'),
      listed: kubeconfig('{server: "https://listed.example"}'),
      given: kubeconfig('{server: "https://given.example"}'),
    });
    const options: LoadOptions = { homeDir: dir, env: { KUBECONFIG: join(dir, 'listed') } };
    expect(await loadClientConfig(options)).toMatchObject({ server: 'https://listed.example' });
    expect(await loadClientConfig({ ...options, kubeconfig: join(dir, 'given') })).toMatchObject({
      server: 'https://given.example',
    });
  });

  // Compared with `kubectl config view --merge --flatten` of v1.35.4.
  test('takes the first entry of a name as a whole, and the first current context', async () => {
    const dir = directoryWith({
      one: [
        'users: [{name: a, user: {token: one}}]',
        'clusters: [{name: c, cluster: {server: "https://one"}}]',
        'contexts: [{name: x, context: {cluster: c, user: a}}]',
      ].join('\n'),
      'sub/two': [
        'current-context: w',
        'users: [{name: a, user: {username: two, password: p}}, {name: b, user: {tokenFile: rel}}]',
        'clusters: [{name: c, cluster: {server: "https://two", tls-server-name: two}}]',
        'contexts: [{name: x, context: {namespace: two}}, {name: w, context: {cluster: c, user: b}}]',
      ].join('\n'),
      three: 'current-context: x',
    });
    const KUBECONFIG = ['', 'missing', 'one', 'sub/two', 'one', 'three']
      .map((file) => file && join(dir, file))
      .join(':');
    expect(await loadClientConfig({ env: { KUBECONFIG } })).toEqual({
      server: 'https://one',
      tls: { insecure: false },
      disableCompression: false,
      auth: { tokenFile: join(dir, 'sub/rel') },
      contextName: 'w',
    });
    const x = await loadClientConfig({ env: { KUBECONFIG }, context: 'x' });
    expect(x).toMatchObject({ server: 'https://one', auth: { token: 'one' }, contextName: 'x' });
    expect(x.namespace).toBeUndefined();
  });

  test('resolves paths against the file that names them', async () => {
    const dir = directoryWith({
      'sub/config': kubeconfig(
        '{server: "https://s", certificate-authority: pki/ca.crt}',
        '{client-certificate: pki/a.crt, client-key: ../a.key, exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: bin/plugin}}',
      ),
      'sub/pki/ca.crt': PEM,
      'sub/pki/a.crt': PEM,
      'a.key': 'key',
    });
    expect(await loadClientConfig({ kubeconfig: join(dir, 'sub/config'), env: {} })).toMatchObject({
      tls: { ca: { file: join(dir, 'sub/pki/ca.crt') } },
      auth: {
        certificate: { cert: { file: join(dir, 'sub/pki/a.crt') }, key: { file: join(dir, 'a.key') } },
        exec: { command: join(dir, 'sub/bin/plugin') },
      },
    });
  });

  test('reads every field of a cluster and a user', async () => {
    const cluster =
      `{server: "https://s:6443/k8s/", certificate-authority-data: ${PEM_BASE64}, tls-server-name: api, ` +
      'proxy-url: "http://proxy:3128", disable-compression: true, ' +
      'extensions: [{name: client.authentication.k8s.io/exec, extension: {audience: a}}]}';
    const user =
      `{client-certificate-data: ${PEM_BASE64}, client-key-data: ${PEM_BASE64}, username: me, password: p, as: me, as-uid: "7", ` +
      'as-groups: [g], as-user-extra: {k: [v]}, exec: {apiVersion: client.authentication.k8s.io/v1, command: plugin, args: [a], ' +
      'env: [{name: VAR, value: v}], interactiveMode: IfAvailable, provideClusterInfo: true, installHint: "\\e[1mget it"}}';
    const dir = directoryWith({ config: kubeconfig(cluster, user) });
    const config = await loadClientConfig({ kubeconfig: join(dir, 'config'), env: {} });
    const { exec, ...auth } = config.auth;
    expect({ ...config, auth }).toEqual({
      server: 'https://s:6443/k8s',
      tls: { ca: { data: PEM }, serverName: 'api', insecure: false },
      proxyUrl: 'http://proxy:3128',
      disableCompression: true,
      auth: {
        certificate: { cert: { data: PEM }, key: { data: PEM } },
        basic: { username: 'me', password: 'p' },
        impersonate: { user: 'me', uid: '7', groups: ['g'], extra: { k: ['v'] } },
      },
      contextName: 'c',
    });
    expect(exec).toMatchObject({
      command: 'plugin',
      args: ['a'],
      env: { VAR: 'v' },
      apiVersion: 'client.authentication.k8s.io/v1',
      installHint: 'get it',
    });
    // As kubectl v1.35.4 puts it into KUBERNETES_EXEC_INFO.
    expect(exec?.cluster?.()).toEqual({
      server: 'https://s:6443/k8s/',
      'tls-server-name': 'api',
      'certificate-authority-data': PEM_BASE64,
      'proxy-url': 'http://proxy:3128',
      'disable-compression': true,
      config: { audience: 'a' },
    });
  });

  test('reads YAML as kubectl does: 1.1, the last of equal keys, merged keys, only the first document', async () => {
    const text = kubeconfig(
      '{<<: &base {server: "https://one"}, insecure-skip-tls-verify: yes}',
      '{token: one, token: two}',
    );
    const dir = directoryWith({ config: `${text}\n---\ncurrent-context: other\n` });
    expect(await loadClientConfig({ kubeconfig: join(dir, 'config'), env: {} })).toMatchObject({
      server: 'https://one',
      tls: { insecure: true },
      auth: { token: 'two' },
    });
  });

  test('reads what looks like a time as a text', async () => {
    const text = 'current-context: 2024-01-01\ncontexts: [{name: 2024-01-01, context: {cluster: 10:30}}]\n';
    const dir = directoryWith({ config: `${text}clusters: [{name: 10:30, cluster: {server: "https://s"}}]` });
    const config = await loadClientConfig({ kubeconfig: join(dir, 'config'), env: {} });
    expect(config).toMatchObject({ server: 'https://s', contextName: '2024-01-01' });
  });

  test('sends no credentials over plain HTTP, as kubectl does', async () => {
    const dir = directoryWith({ config: kubeconfig('{server: "api.example:8080"}', '{token: t, as: me}') });
    const config = await loadClientConfig({ kubeconfig: join(dir, 'config'), env: {} });
    expect(config.server).toBe('http://api.example:8080');
    expect(config.auth).toEqual({ impersonate: { user: 'me', groups: [], extra: {} } });
  });

  test('takes the proxy of the environment when the cluster names none', async () => {
    const env = { HTTPS_PROXY: 'http://proxy.example:3128' };
    const dir = directoryWith({
      without: kubeconfig('{server: "https://s"}'),
      with: kubeconfig('{server: "https://s", proxy-url: "socks5://own"}'),
    });
    expect((await loadClientConfig({ kubeconfig: join(dir, 'without'), env })).proxyUrl).toBe(env.HTTPS_PROXY);
    expect((await loadClientConfig({ kubeconfig: join(dir, 'with'), env })).proxyUrl).toBe('socks5://own');
  });

  test('falls back to the service account of a pod when no context can be used', async () => {
    const account = 'var/run/secrets/kubernetes.io/serviceaccount';
    const rootDir = directoryWith({
      [`${account}/token`]: 't',
      [`${account}/ca.crt`]: PEM,
      [`${account}/namespace`]: 'tidings\n',
      config: kubeconfig('{server: "https://s"}'),
    });
    const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
    expect(await loadClientConfig({ env, homeDir: rootDir, rootDir })).toEqual({
      server: 'https://[fd00::1]:443',
      tls: { insecure: false, ca: { file: join(rootDir, account, 'ca.crt') } },
      disableCompression: false,
      auth: { tokenFile: join(rootDir, account, 'token') },
      namespace: 'tidings',
    });
    const withConfig = { ...env, KUBECONFIG: join(rootDir, 'config') };
    expect(await loadClientConfig({ env: withConfig, rootDir })).toMatchObject({ server: 'https://s' });
    const preferring = { env: withConfig, rootDir, preferInCluster: true };
    expect(await loadClientConfig(preferring)).toMatchObject({ server: 'https://[fd00::1]:443' });
    const elsewhere = { ...preferring, env: { KUBECONFIG: withConfig.KUBECONFIG } };
    expect(await loadClientConfig(elsewhere)).toMatchObject({ server: 'https://s' });
  });

  test('says where it looked when there is nothing', async () => {
    const homeDir = directoryWith({});
    const error = await failureOf(loadClientConfig({ env: {}, homeDir, rootDir: homeDir }));
    expect(error).toMatchObject({ code: 'KUBECONFIG_INVALID', hint: expect.stringContaining('--kubeconfig') });
    expect(error.message).toBe(
      `load kubeconfig: found no context in ${join(homeDir, '.kube/config')}, and no service account of a pod`,
    );
  });

  test('insists on a file that is given', async () => {
    const file = join(directoryWith({}), 'nothing');
    const error = await failureOf(loadClientConfig({ kubeconfig: file, env: {} }));
    expect(error.message).toBe(`load kubeconfig: ${file}: found no such file, want a kubeconfig`);
  });

  test('names the nearest context for one that is not defined', async () => {
    const dir = directoryWith({
      config: 'contexts: [{name: production, context: {}}, {name: staging, context: {}}]\ncurrent-context: stagin',
    });
    const file = join(dir, 'config');
    expect(await failureOf(loadClientConfig({ kubeconfig: file, env: {} }))).toMatchObject({
      code: 'KUBECONFIG_INVALID',
      message: `load kubeconfig: ${file}:2:18: current-context: found "stagin", want one of "production", "staging"`,
      hint: 'Did you mean "staging"?',
    });
    expect(await failureOf(loadClientConfig({ kubeconfig: file, context: 'prodution', env: {} }))).toMatchObject({
      message: 'load kubeconfig: context: found "prodution", want one of "production", "staging"',
      hint: 'Did you mean "production"?',
    });
  });

  test('names every problem of every file at once', async () => {
    const dir = directoryWith({
      one: 'users:\n- name: a\n  user: {token: 12345}\n- name: b\n  user: {client-key-data: "###"}\nclusters: {}\n',
      two: 'apiVersion: v2\nkind: Pod\nusers: [{name: a}, {name: a}]\n',
      three: 'a: b\n\t- c: [\n',
    });
    const files = ['one', 'two', 'three'].map((file) => join(dir, file));
    const error = await failureOf(loadClientConfig({ env: { KUBECONFIG: files.join(':') } }));
    expect(error.message.split('\n')).toEqual([
      'load kubeconfig:',
      `  ${files[0]}:6:11: clusters: found a mapping, want a list`,
      `  ${files[0]}:3:17: users[0].user.token: found a number, want a text (in quotes where it could be something else)`,
      `  ${files[0]}:5:27: users[1].user.client-key-data: found a text that is not base64, want base64`,
      `  ${files[1]}:1:13: apiVersion: found "v2", want "v1"`,
      `  ${files[1]}:2:7: kind: found "Pod", want "Config"`,
      expect.stringMatching(new RegExp(`^  ${files[2]}:\\d+:\\d+: found [a-z ]+, want YAML$`)),
    ]);
  });

  // kubectl v1.35.4 refuses each of these as well, unless the comment says otherwise.
  test.each([
    ['{server: "https://s"}', '{token: t, username: u}', 'user.token: found together with username and password'],
    ['{server: "https://s"}', '{client-certificate-data: aGk=}', 'user.client-certificate: found without client-key'],
    ['{server: "https://s"}', '{as-uid: "7"}', 'user: found as-uid, as-groups or as-user-extra without as'],
    ['{server: "https://s"}', '{auth-provider: {name: gcp}}', 'user.auth-provider: found "gcp"'],
    ['{server: "https://s"}', '{client-key: none}', 'user.client-key: found no readable file'],
    [
      '{server: "https://s"}',
      '{exec: {apiVersion: client.authentication.k8s.io/v1, command: p}}',
      'exec.interactiveMode: found ""',
    ],
    // This one asks on a terminal below kubectl.
    [
      '{server: "https://s"}',
      '{exec: {apiVersion: client.authentication.k8s.io/v1, command: p, interactiveMode: Always}}',
      'exec.interactiveMode: found Always, for which there is no terminal',
    ],
    [
      '{server: "https://s"}',
      '{exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: p}}',
      'exec.apiVersion: found',
    ],
    ['{server: "https://s"}', '{exec: {apiVersion: client.authentication.k8s.io/v1beta1}}', 'exec: found no command'],
    ['{}', '{}', 'cluster.server: found nothing'],
    ['{server: "ftp://s"}', '{}', 'cluster.server: found something else'],
    ['{server: "https://s", proxy-url: "ftp://p"}', '{}', 'cluster.proxy-url: found something else'],
    [
      '{server: "https://s", certificate-authority: none}',
      '{}',
      'cluster.certificate-authority: found no readable file',
    ],
    [
      '{server: "https://s", certificate-authority-data: aGk=}',
      '{}',
      'cluster.certificate-authority-data: found no certificate',
    ],
    [
      `{server: "https://s", certificate-authority-data: ${PEM_BASE64}, insecure-skip-tls-verify: true}`,
      '{}',
      'cluster.insecure-skip-tls-verify: found together with certificate-authority',
    ],
    [
      `{server: "https://s", certificate-authority-data: ${PEM_BASE64}, certificate-authority: none}`,
      '{}',
      'cluster.certificate-authority-data: found together with certificate-authority',
    ],
  ])('refuses cluster %s with user %s', async (cluster, user, problem) => {
    const file = join(directoryWith({ config: kubeconfig(cluster, user) }), 'config');
    const error = await failureOf(loadClientConfig({ kubeconfig: file, env: {} }));
    expect(error.code).toBe('KUBECONFIG_INVALID');
    expect(error.message).toContain(problem);
    expect(error.message).toMatch(new RegExp(`${file}:[34]:\\d+: `));
  });

  test('names the nearest cluster and user for those that are not defined', async () => {
    const text =
      'current-context: c\ncontexts: [{name: c, context: {cluster: mian, user: root}}]\nclusters: [{name: main}]\n';
    const file = join(directoryWith({ config: text }), 'config');
    const error = await failureOf(loadClientConfig({ kubeconfig: file, env: {} }));
    expect(error.message.split('\n').slice(1)).toEqual([
      `  ${file}:2:41: contexts[0].context.cluster: found "mian", want the name of a cluster that is defined; did you mean "main"?`,
      `  ${file}:2:53: contexts[0].context.user: found "root", want the name of a user that is defined`,
    ]);
  });
});

describe('plainConfig', () => {
  test.each(['http://127.0.0.1:8001', 'http://localhost:8001', 'http://[::1]:8001'])('takes %s', (server) => {
    expect(plainConfig(`${server}/`)).toEqual({
      server,
      tls: { insecure: false },
      disableCompression: false,
      auth: {},
    });
  });

  test.each(['http://10.0.0.1:8001', 'https://127.0.0.1:6443', 'http://localhost.example', 'nothing'])(
    'refuses %s',
    (server) => {
      expect(() => plainConfig(server)).toThrow(expect.objectContaining({ code: 'USAGE' }));
    },
  );

  test('does not repeat a password', () => {
    expect(() => plainConfig('http://user:hidden-word@api.example')).not.toThrow('hidden-word');
  });
});
