/**
 * A real Kubernetes control plane on loopback: etcd and kube-apiserver, and with fake nodes also
 * kube-controller-manager, kube-scheduler and kwok. Every part can be stopped, killed and started again with the same
 * ports, keys and data, with other flags if wanted.
 */
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiClient, type ApiClientOptions } from './api-client.ts';
import { binary } from './binaries.ts';
import { type Certificates, createCertificates, type Leaf } from './certificates.ts';
import { freePorts } from './free-ports.ts';
import { ManagedProcess } from './managed-process.ts';

export type ControlPlanePart = 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'kwok';

const API_ONLY: readonly ControlPlanePart[] = ['etcd', 'kube-apiserver'];
const WITH_NODES: readonly ControlPlanePart[] = [...API_ONLY, 'kube-controller-manager', 'kube-scheduler', 'kwok'];

/** `viewer` and `dev` have no rights until they are given some. */
const USERS = ['admin', 'system:kube-controller-manager', 'system:kube-scheduler', 'viewer', 'dev'] as const;
type User = (typeof USERS)[number];

/** https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/ */
const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  rules: [
    { level: 'Metadata', resources: ['', 'events.k8s.io'].map((group) => ({ group, resources: ['events'] })) },
    { level: 'None' },
  ],
};

export interface ControlPlaneOptions {
  /** Receives data, keys, kubeconfigs and logs. */
  readonly dir: string;
  /** The name of the cluster, context and user in the kubeconfigs. */
  readonly name?: string;
  /** Fake nodes, each with 8 CPUs and 110 pods. None: only etcd and the API server run. */
  readonly nodes?: number;
  /** How long the API server keeps events, as a Go duration. */
  readonly eventTtl?: string;
  /** How often the API server compacts etcd, as a Go duration: a watch from before that gets 410. */
  readonly compactionInterval?: string;
  /** Who reads and writes events is in {@link ControlPlane.auditLog}, one JSON object a line. */
  readonly auditsEvents?: boolean;
}

export class ControlPlane {
  readonly dir: string;
  readonly name: string;
  readonly server: string;
  /** Files: the administrator by token and by client certificate, and two users without rights. */
  readonly kubeconfigs: Readonly<Record<'admin' | 'adminCertificate' | 'viewer' | 'dev', string>>;
  readonly parts: readonly ControlPlanePart[];
  readonly #options: ControlPlaneOptions;
  readonly #ports: readonly [number, number, number];
  readonly #certificates: Certificates;
  readonly #tokens: ReadonlyMap<User, string>;
  readonly #processes = new Map<ControlPlanePart, ManagedProcess>();

  constructor(options: ControlPlaneOptions, ports: readonly [number, number, number]) {
    this.dir = options.dir;
    this.name = options.name ?? 'e2e';
    this.parts = options.nodes ? WITH_NODES : API_ONLY;
    this.#options = options;
    this.#ports = ports;
    this.server = `https://127.0.0.1:${ports[0]}`;
    mkdirSync(join(this.dir, 'pki'), { recursive: true });
    mkdirSync(join(this.dir, 'log'), { recursive: true });
    this.#certificates = createCertificates(join(this.dir, 'pki'));
    this.#tokens = new Map(USERS.map((user) => [user, randomBytes(16).toString('hex')]));
    writeFileSync(join(this.dir, 'tokens.csv'), this.#tokenFile(), { mode: 0o600 });
    writeFileSync(join(this.dir, 'audit-policy.json'), JSON.stringify(AUDIT_POLICY));
    this.kubeconfigs = {
      admin: this.writeKubeconfig('admin', { token: this.adminToken }),
      adminCertificate: this.writeKubeconfig('admin-certificate', {
        'client-certificate-data': this.#certificate('admin.crt').toString('base64'),
        'client-key-data': this.#certificate('admin.key').toString('base64'),
      }),
      viewer: this.writeKubeconfig('viewer', { token: this.#token('viewer') }),
      dev: this.writeKubeconfig('dev', { token: this.#token('dev') }),
    };
  }

  get auditLog(): string {
    return join(this.dir, 'audit.log');
  }

  get adminToken(): string {
    return this.#token('admin');
  }

  /** What a kubeconfig says about whom to trust. */
  get authority(): { readonly 'certificate-authority-data': string } {
    return { 'certificate-authority-data': this.#certificate('ca.crt').toString('base64') };
  }

  /** A certificate that one of the cluster's authorities has signed. */
  issue(leaf: Leaf): { readonly certFile: string; readonly keyFile: string } {
    return this.#certificates.issue(leaf);
  }

  /** Writes a kubeconfig for this cluster with the user entry given, and returns its path. */
  writeKubeconfig(file: string, user: Readonly<Record<string, string>>): string {
    const path = join(this.dir, `kubeconfig-${file}`);
    const { name } = this;
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': name,
      clusters: [{ name, cluster: { server: this.server, ...this.authority } }],
      contexts: [{ name, context: { cluster: name, user: name } }],
      users: [{ name, user }],
    };
    writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
    return path;
  }

  /** An administrator's client. The caller closes it. */
  client(options: ApiClientOptions = {}): ApiClient {
    return new ApiClient(this.server, { ca: this.#certificate('ca.crt').toString(), token: this.adminToken }, options);
  }

  /** Starts a part, unless it runs, and resolves when it is ready. More flags override those given before. */
  async start(part: ControlPlanePart, flags: readonly string[] = []): Promise<void> {
    if (this.#processes.get(part)?.running) return;
    const child = new ManagedProcess(part, [binary(part), ...this.#flags(part), ...flags], {
      logFile: join(this.dir, 'log', part),
    });
    this.#processes.set(part, child);
    await this.#ready(part, child);
  }

  /** Undefined when it was never started. */
  pid(part: ControlPlanePart): number | undefined {
    return this.#processes.get(part)?.pid;
  }

  /** Ends a part; SIGKILL is a crash. Its data stays. */
  async stop(part: ControlPlanePart, signal?: NodeJS.Signals): Promise<void> {
    await this.#processes.get(part)?.stop(signal);
  }

  async close(): Promise<void> {
    await Promise.all(this.parts.map((part) => this.stop(part, 'SIGKILL')));
  }

  /** Copies etcd's data. The control plane's store is down meanwhile. */
  async backUpEtcd(): Promise<void> {
    await this.#withoutStore(() => {
      rmSync(join(this.dir, 'etcd-backup'), { recursive: true, force: true });
      cpSync(join(this.dir, 'etcd'), join(this.dir, 'etcd-backup'), { recursive: true });
    });
  }

  /** Puts the copy back: the cluster's resourceVersions go back in time, as after a restored snapshot. */
  async restoreEtcd(): Promise<void> {
    await this.#withoutStore(() => {
      rmSync(join(this.dir, 'etcd'), { recursive: true });
      cpSync(join(this.dir, 'etcd-backup'), join(this.dir, 'etcd'), { recursive: true });
    });
  }

  /** Makes etcd forget every version before now: a watch from before gets 410, as after the API server's own compaction. */
  async compactEtcd(): Promise<void> {
    const { header } = (await this.#etcd('range', { key: 'AA==' })) as { header: { revision: string } };
    await this.#etcd('compaction', { revision: header.revision, physical: true });
  }

  /** https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/ */
  async #etcd(call: string, body: object): Promise<unknown> {
    const url = `http://127.0.0.1:${this.#ports[1]}/v3/kv/${call}`;
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`call etcd's ${call}: status ${response.status}: ${await response.text()}`);
    return response.json();
  }

  async #withoutStore(action: () => void): Promise<void> {
    await this.stop('kube-apiserver');
    await this.stop('etcd');
    action();
    await this.start('etcd');
    await this.start('kube-apiserver');
  }

  #token(user: User): string {
    return this.#tokens.get(user) ?? '';
  }

  #tokenFile(): string {
    return USERS.map((user, index) =>
      [this.#token(user), user, index, ...(user === 'admin' ? ['system:masters'] : [])].join(','),
    ).join('\n');
  }

  #certificate(file: Parameters<Certificates['path']>[0]): Buffer {
    return readFileSync(this.#certificates.path(file));
  }

  #flags(part: ControlPlanePart): readonly string[] {
    switch (part) {
      case 'etcd':
        return this.#etcdFlags();
      case 'kube-apiserver':
        return this.#apiServerFlags();
      case 'kube-controller-manager':
        return [
          ...this.#componentFlags(part),
          '--use-service-account-credentials',
          `--service-account-private-key-file=${this.#certificates.path('sa.key')}`,
          `--root-ca-file=${this.#certificates.path('ca.crt')}`,
        ];
      case 'kube-scheduler':
        return this.#componentFlags(part);
      case 'kwok':
        return [
          `--kubeconfig=${this.kubeconfigs.admin}`,
          `--config=${join(import.meta.dirname, 'stages.yaml')}`,
          '--manage-all-nodes',
          '--node-lease-duration-seconds=40',
          '--cidr=10.244.0.0/16',
        ];
    }
  }

  #etcdFlags(): readonly string[] {
    const [, clientPort, peerPort] = this.#ports;
    const client = `http://127.0.0.1:${clientPort}`;
    const peer = `http://127.0.0.1:${peerPort}`;
    return [
      `--data-dir=${join(this.dir, 'etcd')}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
      '--quota-backend-bytes=4294967296',
      '--log-level=warn',
      // A test kills processes, it does not cut the power; without fsync the disk stays free for what is tested.
      '--unsafe-no-fsync',
    ];
  }

  #apiServerFlags(): readonly string[] {
    const path = this.#certificates.path;
    const audit = [`--audit-policy-file=${join(this.dir, 'audit-policy.json')}`, `--audit-log-path=${this.auditLog}`];
    const withoutControllers = ['--disable-admission-plugins=ServiceAccount'];
    return [
      `--etcd-servers=http://127.0.0.1:${this.#ports[1]}`,
      `--etcd-compaction-interval=${this.#options.compactionInterval ?? '5m'}`,
      `--event-ttl=${this.#options.eventTtl ?? '1h'}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${this.#ports[0]}`,
      '--endpoint-reconciler-type=none',
      '--service-cluster-ip-range=10.0.0.0/16',
      '--authorization-mode=RBAC',
      '--profiling=false',
      `--tls-cert-file=${path('server.crt')}`,
      `--tls-private-key-file=${path('server.key')}`,
      `--client-ca-file=${path('ca.crt')}`,
      `--token-auth-file=${join(this.dir, 'tokens.csv')}`,
      `--requestheader-client-ca-file=${path('front-proxy-ca.crt')}`,
      '--requestheader-allowed-names=front-proxy-client',
      '--requestheader-username-headers=X-Remote-User',
      '--requestheader-group-headers=X-Remote-Group',
      '--requestheader-extra-headers-prefix=X-Remote-Extra-',
      `--proxy-client-cert-file=${path('front-proxy-client.crt')}`,
      `--proxy-client-key-file=${path('front-proxy-client.key')}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${path('sa.key')}`,
      `--service-account-signing-key-file=${path('sa.key')}`,
      // The accounts that pods need come from the controller manager.
      ...(this.parts === API_ONLY ? withoutControllers : []),
      ...(this.#options.auditsEvents ? audit : []),
    ];
  }

  #componentFlags(part: 'kube-controller-manager' | 'kube-scheduler'): readonly string[] {
    const kubeconfig = this.writeKubeconfig(part, { token: this.#token(`system:${part}`) });
    return [`--kubeconfig=${kubeconfig}`, '--secure-port=0', '--leader-elect=false'];
  }

  async #ready(part: ControlPlanePart, child: ManagedProcess): Promise<void> {
    const client = this.client();
    const answers = async (path: string, accept: (text: string) => boolean): Promise<true | undefined> => {
      const response = await client.send('GET', path).catch(() => undefined);
      return response?.status === 200 && accept(response.text) ? true : undefined;
    };
    try {
      if (part === 'etcd') {
        const health = `http://127.0.0.1:${this.#ports[1]}/health`;
        const healthy = (): Promise<true | undefined> =>
          fetch(health).then(
            (answer) => answer.ok || undefined,
            () => undefined,
          );
        await child.until('to be healthy', healthy, 30_000);
      } else if (part === 'kube-apiserver') {
        await child.until('to be ready', () => answers('/readyz', () => true), 120_000);
      } else if (part === 'kube-controller-manager') {
        const account = '/api/v1/namespaces/default/serviceaccounts/default';
        await child.until('to create service accounts', () => answers(account, () => true));
      } else if (part === 'kwok') {
        const ready = (text: string): boolean => /"type":"Ready","status":"True"/.test(text);
        for (const node of await this.#createNodes(client)) {
          await child.until(`to make ${node} ready`, () => answers(`/api/v1/nodes/${node}`, ready));
        }
      }
    } finally {
      await client.close();
    }
  }

  async #createNodes(client: ApiClient): Promise<readonly string[]> {
    const resources = { cpu: '8', memory: '32Gi', pods: '110' };
    const names = Array.from({ length: this.#options.nodes ?? 0 }, (_, index) => `node-${index}`);
    for (const name of names) {
      const { status, text } = await client.send('POST', '/api/v1/nodes', {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' } },
        status: { capacity: resources, allocatable: resources },
      });
      if (status !== 201 && status !== 409) throw new Error(`create node ${name}: status ${status}: ${text}`);
    }
    return names;
  }
}

/** Starts a control plane and resolves when it is ready. The caller closes it. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { server, client, peer } = await freePorts('server', 'client', 'peer');
  const controlPlane = new ControlPlane(options, [server, client, peer]);
  try {
    for (const part of controlPlane.parts) await controlPlane.start(part);
  } catch (error) {
    await controlPlane.close();
    throw error;
  }
  return controlPlane;
}
