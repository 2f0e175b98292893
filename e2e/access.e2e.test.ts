/** Who may read what: the same at the API server, at Tidings itself, at its proxy, and at Tidings through the API server. */
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Pool } from 'undici';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { runKubectl, useCluster } from './helpers/cluster.ts';
import { CONTROL_PLANE, lacking } from './helpers/require-component.ts';
import { temporaryDirectory } from './helpers/temporary-directory.ts';
import { PROGRAM, RunningTidings, runTidings } from './helpers/tidings.ts';
import { until } from './helpers/until.ts';

const EXAMPLES = join(import.meta.dirname, '..', 'examples', 'kubernetes-access');
/** As long as answers about rights hold, and what a busy machine takes. */
const WITHDRAWN_MS = 10_000 + 5_000;

const HISTORY = 'history.tidings.dev';
const GROUPS = ['', 'events.k8s.io', HISTORY] as const;
const NAMESPACES = ['team-a', 'team-b', 'default', undefined] as const;
const VERBS = ['get', 'list', 'list-one', 'watch', 'create', 'delete', 'deletecollection'] as const;

interface Answer {
  readonly status: number;
  readonly body: { readonly message?: string; readonly items?: readonly { readonly metadata: { name: string } }[] };
}

/** Somebody with their credentials, at every server. */
interface User {
  readonly name: string;
  readonly apiServer: Pool;
  readonly tidings: Pool;
  /** Client certificates end there. */
  readonly proxy?: Pool;
  readonly headers: Readonly<Record<string, string>>;
}

interface Question {
  readonly group: (typeof GROUPS)[number];
  readonly namespace: (typeof NAMESPACES)[number];
  readonly verb: (typeof VERBS)[number];
}

const QUESTIONS: readonly Question[] = GROUPS.flatMap(
  (group) => NAMESPACES.flatMap((namespace) => VERBS.map((verb) => ({ group, namespace, verb }))),
  // Without a namespace there is nothing to get, create or delete.
).filter(({ namespace, verb }) => namespace !== undefined || verb.startsWith('list') || verb === 'watch');

const METHODS: Readonly<Record<string, 'POST' | 'DELETE'>> = {
  create: 'POST',
  delete: 'DELETE',
  deletecollection: 'DELETE',
};

function pathOf({ group, namespace, verb }: Question): string {
  const root = group === '' ? '/api/v1' : `/apis/${group}/v1`;
  const path = `${root}${namespace === undefined ? '' : `/namespaces/${namespace}`}/events`;
  if (verb === 'get' || verb === 'delete') return `${path}/web.1`;
  if (verb === 'list-one') return `${path}?fieldSelector=metadata.name%3Dweb.1`;
  return verb === 'watch' ? `${path}?watch=1&timeoutSeconds=1&resourceVersion=0` : path;
}

async function ask(pool: Pool, path: string, headers: User['headers'], method: 'GET' | 'POST' | 'DELETE' = 'GET') {
  const accept = 'application/json';
  const body = method === 'POST' ? '{}' : null;
  const response = await pool.request({ path, method, headers: { accept, 'content-type': accept, ...headers }, body });
  const text = await response.body.text();
  const line = text.split('\n', 1)[0] ?? '';
  const isWatch = path.includes('watch=1') && response.statusCode === 200;
  return { status: response.statusCode, body: isWatch || line === '' ? {} : JSON.parse(text) } as Answer;
}

/** How a watch ends that nobody has given a time. */
async function lastFrame(pool: Pool, path: string, headers: User['headers']): Promise<unknown> {
  const response = await pool.request({ path: `${path}?watch=1`, method: 'GET', headers, bodyTimeout: 0 });
  const lines = (await response.body.text()).trimEnd().split('\n');
  return JSON.parse(lines.at(-1) ?? '');
}

/** What an answer says of rights; what is there to be read is the business of other tests. */
function verdict({ status, body: { message = '' } }: Answer, { group }: Pick<Question, 'group'>): string {
  if (status !== 403 && status !== 401) return 'yes';
  const core =
    group === HISTORY ? message.replaceAll(`events.${HISTORY}`, 'events').replace(`"${HISTORY}"`, '""') : message;
  return `${status} ${core}`;
}

describe.skipIf(lacking(...CONTROL_PLANE))('rights to read', () => {
  const cluster = useCluster();
  const directory = temporaryDirectory();
  let tidings: RunningTidings;
  let url = '';
  let proxyUrl = '';
  let users: ReadonlyMap<string, User> = new Map();

  const admin = (...args: readonly string[]) => cluster().kubectl(...args);
  const user = (name: string): User => {
    const found = users.get(name);
    if (!found) throw new Error(`use ${name}: found no such user`);
    return found;
  };
  const names = ({ body: { items = [] } }: Answer): string[] => items.map(({ metadata }) => metadata.name).sort();
  const apply = async (objects: readonly object[]): Promise<void> => {
    const file = join(directory.path, 'objects.json');
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    await admin('apply', '-f', file);
  };
  /** An event last seen a minute ago. */
  const write = async (namespace: string, name: string, agoMs = 60_000): Promise<void> => {
    const at = new Date(Date.now() - agoMs).toISOString().replace(/\.\d+/, '');
    await cluster().client.request('POST', `/api/v1/namespaces/${namespace}/events`, {
      metadata: { name, namespace },
      involvedObject: { kind: 'Pod', name: 'web', namespace },
      reason: 'Tested',
      type: 'Normal',
      firstTimestamp: at,
      lastTimestamp: at,
      count: 1,
    });
  };

  beforeAll(async () => {
    const { controlPlane } = cluster();
    await admin('apply', '-f', join(EXAMPLES, 'rbac.yaml'));
    for (const namespace of ['team-a', 'team-b']) await admin('create', 'namespace', namespace);
    await apply(grants());
    for (const namespace of ['team-a', 'team-b', 'default']) await write(namespace, 'web.1');

    const serving = controlPlane.issue({
      name: 'tidings',
      subject: '/CN=tidings',
      names: 'IP:127.0.0.1,DNS:localhost,DNS:tidings.tidings.svc',
    });
    const token = await admin('create', 'token', 'tidings', '-n', 'tidings');
    tidings = new RunningTidings({
      dataDir: join(directory.path, 'data'),
      args: [
        ['--kubeconfig', controlPlane.writeKubeconfig('tidings', { token })],
        ['--authentication', 'kubernetes', '--metrics-listen', '127.0.0.1:0', '--proxy-listen', '127.0.0.1:0'],
        ['--tls-cert-file', serving.certFile, '--tls-private-key-file', serving.keyFile],
      ].flat(),
    });
    await tidings.start();
    url = /"url":"(https:[^"]+)"/.exec(tidings.process.log())?.[1] ?? '';
    proxyUrl = /"proxyUrl":"(https:[^"]+)"/.exec(tidings.process.log())?.[1] ?? '';
    users = await makeUsers();
    await aggregate();
    const all = async (): Promise<string[]> =>
      names(await ask(user('viewer').tidings, '/api/v1/events', user('viewer').headers));
    await until('everything is stored', async () => (await all()).filter((name) => name === 'web.1').length === 3);
    return async () => {
      for (const { apiServer, tidings: pool, proxy } of users.values())
        await Promise.all([apiServer.destroy(), pool.destroy(), proxy?.destroy()]);
      await tidings.stop('SIGKILL');
      directory.remove();
    };
  });

  /** The group of Tidings at the API server, as the example does it, but on loopback. */
  async function aggregate(): Promise<void> {
    const objects = parseAllDocuments(readFileSync(join(EXAMPLES, 'aggregated-api.yaml'), 'utf8')).map(
      (document) => document.toJS() as { kind: string; spec: { service: object } },
    );
    const port = Number(new URL(url).port);
    const caBundle = cluster().controlPlane.authority['certificate-authority-data'];
    await apply(
      objects.map((object) => {
        const { kind, spec } = object;
        if (kind === 'Service') return { ...object, spec: { type: 'ExternalName', externalName: 'localhost' } };
        if (kind !== 'APIService') return object;
        return { ...object, spec: { ...spec, service: { ...spec.service, port }, caBundle } };
      }),
    );
    await admin('wait', '--for=condition=Available', 'apiservice/v1.history.tidings.dev', '--timeout=60s');
    const { apiServer, headers } = user('admin');
    await until(
      'the group is served',
      async () => (await ask(apiServer, `/apis/${HISTORY}/v1`, headers)).status === 200,
    );
  }

  async function makeUsers(): Promise<ReadonlyMap<string, User>> {
    const { controlPlane } = cluster();
    const ca = Buffer.from(controlPlane.authority['certificate-authority-data'], 'base64').toString();
    const pools = (more: object) => ({
      apiServer: new Pool(controlPlane.server, { connections: 8, connect: { ca, ...more } }),
      tidings: new Pool(url, { connections: 8, connect: { ca, ...more } }),
    });
    const tokenOf = (config: string): string => {
      const { users: entries } = JSON.parse(readFileSync(config, 'utf8')) as { users: { user: { token: string } }[] };
      return entries[0]?.user.token ?? '';
    };
    const byToken = (name: string, token: string): [string, User] => [
      name,
      {
        name,
        ...pools({}),
        proxy: new Pool(proxyUrl, { connections: 8, connect: { ca } }),
        headers: { authorization: `Bearer ${token}` },
      },
    ];
    const byCertificate = (name: string, subject: string): [string, User] => {
      const { certFile, keyFile } = controlPlane.issue({ name: `user-${name}`, subject, names: `DNS:${name}` });
      const [cert, key] = [readFileSync(certFile, 'utf8'), readFileSync(keyFile, 'utf8')];
      return [name, { name, ...pools({ cert, key }), headers: {} }];
    };
    await admin('create', 'serviceaccount', 'reader', '-n', 'team-a');
    return new Map([
      byToken('admin', controlPlane.adminToken),
      byToken('viewer', tokenOf(controlPlane.kubeconfigs.viewer)),
      byToken('dev', tokenOf(controlPlane.kubeconfigs.dev)),
      byToken('account', (await admin('create', 'token', 'reader', '-n', 'team-a')).trim()),
      byCertificate('viewer by certificate', '/CN=viewer'),
      byCertificate('dev by certificate', '/CN=dev'),
      byCertificate('member of two groups', '/O=team-b/O=ops/CN=eve'),
      byCertificate('nobody in particular', '/CN=nobody'),
    ]);
  }

  test('are the same four times: asked at the API server, at Tidings, at its proxy, and at Tidings through the API server', async () => {
    let [allowed, refused] = [0, 0];
    for (const { name, apiServer, tidings: pool, proxy, headers } of users.values()) {
      if (name === 'admin') continue;
      const answers = QUESTIONS.map(async (question) => {
        const method = METHODS[question.verb];
        const asked = { ...question, group: question.group === HISTORY ? ('' as const) : question.group };
        const isAggregated = question.group === HISTORY;
        const [theirs, ...others] = await Promise.all([
          ask(apiServer, pathOf(asked), headers, method),
          ask(pool, pathOf(question), headers, method),
          ...(isAggregated ? [ask(apiServer, pathOf(question), headers, method)] : []),
          ...(proxy ? [ask(proxy, pathOf(question), headers, method)] : []),
        ]);
        const wanted = verdict(theirs, asked);
        if (wanted === 'yes') allowed++;
        else refused++;
        const place = `${name}: ${method ?? 'GET'} ${pathOf(question)}`;
        const verdicts = others.map((answer) => verdict(answer, question));
        expect([place, new Set(verdicts)]).toEqual([place, new Set([wanted])]);
      });
      await Promise.all(answers);
    }
    expect(Math.min(allowed, refused)).toBeGreaterThan(60);
  });

  test('are nobody’s without credentials, and headers of a proxy are not believed', async () => {
    const ca = Buffer.from(cluster().controlPlane.authority['certificate-authority-data'], 'base64').toString();
    const stranger = new Pool(url, { connect: { ca } });
    onTestFinished(() => stranger.destroy());
    const claims = { 'x-remote-user': 'admin', 'x-remote-group': 'system:masters' };
    for (const path of ['/api/v1/events', '/version', '/clusters/none/api/v1/events', `/apis/${HISTORY}/v1`]) {
      for (const headers of [{}, claims, { authorization: 'Bearer none' }]) {
        expect(await ask(stranger, path, headers)).toMatchObject({ status: 401, body: { message: 'Unauthorized' } });
      }
    }
    const dev = user('dev by certificate');
    expect(await ask(dev.tidings, '/api/v1/events', claims)).toMatchObject({ status: 403 });
  });

  test('are those of tidings --url, by token and by certificate, and of kubectl tidings', async () => {
    const { controlPlane } = cluster();
    const { kubeconfigs } = controlPlane;
    // Some rights do not reach back before the namespace.
    await write('team-a', 'young.1', 0);
    const args = ['get', 'events', '-n', 'team-a', '-o', 'jsonl'];
    const read = () => runTidings(args, { TIDINGS_DATA: tidings.dataDir });
    await until('it is stored', async () => (await read()).includes('young.1'));
    const local = await read();
    const young = local.split(/^/m).filter((line) => line.includes('young.1'));
    expect(young).not.toEqual([local]);
    const { certFile, keyFile } = controlPlane.issue({ name: 'user-plugin', subject: '/CN=dev', names: 'DNS:dev' });
    const byCertificate = controlPlane.writeKubeconfig('dev-certificate', {
      'client-certificate': certFile,
      'client-key': keyFile,
    });
    for (const [KUBECONFIG, wanted] of [
      [kubeconfigs.viewer, local],
      [kubeconfigs.dev, young.join('')],
      [byCertificate, young.join('')],
    ] as const)
      expect(await runTidings(args, { KUBECONFIG, TIDINGS_URL: url })).toBe(wanted);
    await expect(runTidings(['coverage', '--url', url], { KUBECONFIG: byCertificate })).rejects.toMatchObject({
      stderr: expect.stringMatching(/with the credentials of context ".+": .*User "dev" cannot list .* \(403\)\n/),
    });
    symlinkSync(PROGRAM, join(directory.path, 'kubectl-tidings'));
    const plugin = ['tidings', '--url', url, '--context', controlPlane.name, ...args];
    const env = { PATH: `${directory.path}:${process.env['PATH']}` };
    expect(await runKubectl(kubeconfigs.viewer, plugin, undefined, env)).toBe(local);
  });

  test('that are withdrawn are gone within seconds, from open watches too', async () => {
    const path = '/namespaces/team-a/events';
    const { tidings: direct, proxy = direct, apiServer, headers } = user('dev');
    const viewer = user('viewer');
    let isViewing = true;
    const endings = [
      lastFrame(direct, `/api/v1${path}`, headers),
      lastFrame(user('dev by certificate').tidings, `/apis/events.k8s.io/v1${path}`, {}),
      lastFrame(apiServer, `/apis/${HISTORY}/v1${path}`, headers),
      lastFrame(proxy, `/api/v1${path}`, headers),
    ];
    const viewing = lastFrame(viewer.tidings, `/api/v1${path}`, viewer.headers).finally(() => {
      isViewing = false;
    });
    // It ends with the test.
    viewing.catch(() => {});
    const list = async () => (await ask(direct, `/api/v1${path}`, headers)).status;
    expect(await list()).toBe(200);
    await admin('delete', 'rolebinding', 'dev', '-n', 'team-a');
    const withdrawn = performance.now();
    await until('the list is refused', async () => (await list()) === 403, WITHDRAWN_MS);
    const error = { type: 'ERROR', object: { code: 403, reason: 'Forbidden' } };
    expect(await Promise.all(endings)).toMatchObject([error, error, error, error]);
    expect(performance.now() - withdrawn).toBeLessThan(WITHDRAWN_MS);
    expect(isViewing).toBe(true);
  });

  test('to a namespace are none to what had its name before', async () => {
    const { client } = cluster();
    await admin('create', 'namespace', 'reborn');
    await write('reborn', 'old.1');
    const { tidings: direct, apiServer, headers } = user('viewer');
    const path = '/namespaces/reborn/events';
    await until('it is stored', async () => names(await ask(direct, `/api/v1${path}`, headers)).length === 1);
    // What the controller of namespaces does.
    await client.request('DELETE', `/api/v1${path}/old.1`);
    await client.request('DELETE', '/api/v1/namespaces/reborn');
    const gone = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'reborn' }, spec: { finalizers: [] } };
    await client.request('PUT', '/api/v1/namespaces/reborn/finalize', gone);
    await admin('create', 'namespace', 'reborn');
    await apply([
      binding('reborn', 'tenant', { kind: 'User', name: 'nobody' }),
      binding('reborn', 'account', { kind: 'ServiceAccount', name: 'reader', namespace: 'team-a' }),
    ]);
    await client.request('POST', `/api/v1${path}`, {
      metadata: { name: 'new.1', namespace: 'reborn' },
      involvedObject: { kind: 'Pod', name: 'web', namespace: 'reborn' },
      lastTimestamp: new Date(Date.now() + 1_000).toISOString().replace(/\.\d+/, ''),
    });
    const all = ['new.1', 'old.1'];
    await until('the new one is stored', async () => names(await ask(direct, `/api/v1${path}`, headers)).length === 2);
    expect(names(await ask(direct, `/api/v1${path}`, headers))).toEqual(all);
    expect(names(await ask(apiServer, `/apis/${HISTORY}/v1${path}`, headers))).toEqual(all);
    const [tenant, account] = [user('nobody in particular'), user('account')];
    for (const [pool, root, credentials] of [
      [tenant.tidings, '/api/v1', {}],
      [tenant.tidings, '/window/all/apis/events.k8s.io/v1', {}],
      [tenant.apiServer, `/apis/${HISTORY}/v1`, {}],
      [account.proxy ?? account.tidings, '/api/v1', account.headers],
    ] as const) {
      expect(names(await ask(pool, root + path, credentials))).toEqual(['new.1']);
      expect(await ask(pool, `${root}${path}/old.1`, credentials)).toMatchObject({ status: 404 });
      expect(await ask(pool, `${root}${path}/new.1`, credentials)).toMatchObject({ status: 200 });
    }
  });

  test('are those of kubectl, at the API server and by a context of Tidings', async () => {
    const { kubeconfigs, authority } = cluster().controlPlane;
    const sorted = async (config: string, ...args: readonly string[]): Promise<string[]> =>
      (
        await runKubectl(config, [
          'get',
          ...args,
          '-A',
          '--no-headers',
          '-o',
          'custom-columns=N:.metadata.name,R:.reason',
        ])
      )
        .split('\n')
        .sort();
    const history = await sorted(kubeconfigs.viewer, `events.${HISTORY}`);
    expect(history.join()).toContain('web.1');
    const ca = join(directory.path, 'ca.crt');
    writeFileSync(ca, Buffer.from(authority['certificate-authority-data'], 'base64'));
    const context = join(directory.path, 'context');
    const flags = ['--url', url, '--certificate-authority', ca, '--with-credentials'];
    writeFileSync(context, await runTidings(['kubeconfig', ...flags], { KUBECONFIG: kubeconfigs.viewer }));
    expect(await sorted(context, 'events')).toEqual(history);
    expect(await sorted(context, `events.${HISTORY}`)).toEqual(history);
    expect(
      await runKubectl(kubeconfigs.admin, ['explain', `events.involvedObject`, `--api-version=${HISTORY}/v1`]),
    ).toContain('fieldPath');
    await expect(runKubectl(kubeconfigs.dev, ['get', `events.${HISTORY}`, '-A'])).rejects.toMatchObject({
      stderr: expect.stringContaining(
        'cannot list resource "events" in API group "history.tidings.dev" at the cluster scope',
      ),
    });
  });
});

const READ = ['get', 'list', 'watch'];

/** `viewer` reads everywhere; the others something each, by user, group and account, by verb and by name. */
function grants(): readonly object[] {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const everywhere = {
    apiVersion,
    kind: 'ClusterRole',
    metadata: { name: 'e2e:read' },
    rules: [{ apiGroups: GROUPS, resources: ['events'], verbs: READ }],
  };
  const bound = {
    apiVersion,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'e2e:viewer' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'e2e:read' },
    subjects: [{ kind: 'User', name: 'viewer' }],
  };
  const some = (name: string, rule: object) => ({
    apiVersion,
    kind: 'ClusterRole',
    metadata: { name },
    rules: [{ apiGroups: GROUPS, resources: ['events'], ...rule }],
  });
  return [
    everywhere,
    bound,
    some('e2e:list', { verbs: ['list'] }),
    some('e2e:web', { verbs: READ, resourceNames: ['web.1'] }),
    binding('team-a', 'dev', { kind: 'User', name: 'dev' }),
    binding('team-b', 'dev', { kind: 'User', name: 'dev' }, 'e2e:web'),
    binding('team-b', 'ops', { kind: 'Group', name: 'ops' }, 'e2e:list'),
    binding('default', 'account', { kind: 'ServiceAccount', name: 'reader', namespace: 'team-a' }),
  ];
}

function binding(namespace: string, name: string, subject: object, role = 'e2e:read'): object {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name, namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [subject],
  };
}
