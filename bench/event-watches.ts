/**
 * What many watchers of events take, at Tidings and at the real API server beside it: the same events, the same number of
 * watches from a process of its own, one server after the other. CPU is what watching adds: that of the same writes
 * without watchers is taken off. The API server speaks TLS and asks everybody who they are; Tidings is measured without
 * and with TLS.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../e2e/cluster/api-client.ts';
import { missing } from '../e2e/cluster/binaries.ts';
import { startControlPlane } from '../e2e/cluster/control-plane.ts';
import type { ManagedProcess } from '../e2e/cluster/managed-process.ts';
import { until } from '../e2e/helpers/until.ts';
import { startChild } from './child.ts';
import { type Figure, quantile, SECONDS } from './measurement.ts';
import { preciseNow } from './precise-now.ts';
import { cpuMsOf } from './process-usage.ts';
import { startTidings, urlOf } from './serving.ts';
import { removeDirectory, temporaryDirectory } from './temporary.ts';
import type { WatchersReport, WatchersRequest } from './watchers-process.ts';

const WATCHERS = 1_000;
const RATE = 20;
const NAMESPACES = Array.from({ length: 20 }, (_, index) => `watched-${index}`);
const EVERYWHERE = '/api/v1/events';

interface Server {
  readonly what: string;
  readonly url: string;
  readonly pid: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly ca?: string;
}

export async function measure(): Promise<readonly Figure[]> {
  const absent = missing(['etcd', 'kube-apiserver']);
  if (absent.length > 0) {
    process.stderr.write(`event-watches: needs ${absent.join(', ')}: run make e2e-components\n`);
    return [];
  }
  const dir = await temporaryDirectory();
  const plane = await startControlPlane({ dir: join(dir, 'cluster') });
  const client = plane.client({ connections: 4 });
  const dataDir = join(dir, 'data');
  const kubeconfig = plane.kubeconfigs.admin;
  const collecting = startTidings(dir, ['run', '--data', dataDir, '--kubeconfig', kubeconfig]);
  const [cert = '', key = ''] = ['server.crt', 'server.key'].map((file) => join(plane.dir, 'pki', file));
  const tls = ['--tls-cert-file', cert, '--tls-private-key-file', key];
  let serving: ManagedProcess | undefined;
  try {
    for (const namespace of NAMESPACES) {
      await client.request('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
    }
    const plain = await urlOf(collecting);
    await until('Tidings to have listed', async () => (await fetch(`${plain}${EVERYWHERE}?limit=1`)).ok);
    serving = startTidings(dir, ['serve', '--data', dataDir, ...tls]);
    const ca = readFileSync(join(plane.dir, 'pki', 'ca.crt'), 'utf8');
    const headers = { authorization: `Bearer ${plane.adminToken}` };
    const api = { what: 'API server', url: plane.server, pid: plane.pid('kube-apiserver'), headers, ca };
    const tidings = { what: 'Tidings without TLS', url: plain, pid: collecting.pid, headers: {} };
    const secure = { what: 'Tidings', url: await urlOf(serving), pid: serving.pid, headers: {}, ca };
    const spread = NAMESPACES.map((namespace) => `/api/v1/namespaces/${namespace}/events`);
    return [
      ...(await measureServer(client, api, [EVERYWHERE])),
      ...(await measureServer(client, secure, [EVERYWHERE])),
      ...(await measureServer(client, tidings, [EVERYWHERE])),
      ...(await measureServer(client, { ...api, what: `${api.what}, a namespace each` }, spread)),
      ...(await measureServer(client, { ...secure, what: `${secure.what}, a namespace each` }, spread)),
    ];
  } finally {
    await serving?.stop();
    await collecting.stop();
    await client.close();
    await plane.close();
    await removeDirectory(dir);
  }
}

async function measureServer(client: ApiClient, server: Server, paths: readonly string[]): Promise<readonly Figure[]> {
  const without = await written(client, server);
  const watchers = startChild<WatchersRequest>('./watchers-process.ts');
  const urls = Array.from({ length: WATCHERS }, (_, index) => `${server.url}${paths[index % paths.length]}`);
  const { metadata } = (await client.request('GET', `${EVERYWHERE}?limit=1`)) as {
    readonly metadata: { readonly resourceVersion: string };
  };
  const query = `watch=1&resourceVersion=${metadata.resourceVersion}`;
  const { headers, ca } = server;
  try {
    await watchers.ask({ do: 'watch', urls: urls.map((url) => `${url}?${query}`), headers, ...(ca && { ca }) });
    await written(client, server, 3);
    const found = await written(client, server);
    await sleep(1_000);
    const { frames, lost } = (await watchers.ask({ do: 'report' })) as WatchersReport;
    if (lost > 0) throw new Error(`${server.what}: found ${lost} watches that ended, want none`);
    const delays = frames.flatMap(([event, at]) => {
      const sent = found.sentAt.get(event);
      return sent === undefined ? [] : [at - sent];
    });
    if (delays.length === 0) throw new Error(`${server.what}: found no frame, want those that were written`);
    const what = `${server.what}: ${WATCHERS} watchers, ${RATE} events/s`;
    return [
      { what: `${what}, CPU`, value: found.cpuMsPerSecond - without.cpuMsPerSecond, unit: 'ms/s' },
      { what: 'the same, sent to received, p50', value: quantile(delays, 0.5), unit: 'ms' },
      { what: 'the same, p99', value: quantile(delays, 0.99), unit: 'ms' },
    ];
  } finally {
    await watchers.close();
  }
}

interface Written {
  readonly cpuMsPerSecond: number;
  readonly sentAt: ReadonlyMap<string, number>;
}

let count = 0;

/** Writes events at the rate, each namespace in turn, and tells what the server took meanwhile. */
async function written(client: ApiClient, { pid }: Server, seconds = SECONDS / 3): Promise<Written> {
  const sentAt = new Map<string, number>();
  const cpu = cpuMsOf(pid);
  const began = performance.now();
  for (let index = 0; index < seconds * RATE; index++) {
    await sleep(Math.max(1, began + (index * 1_000) / RATE - performance.now()));
    const [namespace = '', event] = [NAMESPACES[index % NAMESPACES.length], `watched.${count++}`];
    sentAt.set(event, preciseNow());
    await client.request('POST', `/api/v1/namespaces/${namespace}/events`, body(event, namespace));
  }
  return { cpuMsPerSecond: ((cpuMsOf(pid) - cpu) * 1_000) / (performance.now() - began), sentAt };
}

function body(event: string, namespace: string): object {
  const time = `${new Date().toISOString().slice(0, 19)}Z`;
  return {
    metadata: { name: event, namespace },
    involvedObject: { kind: 'Pod', namespace, name: 'web-7d4b9c6f5-x2x9z', uid: 'uid-of-web', apiVersion: 'v1' },
    reason: 'BackOff',
    message: `Back-off restarting failed container app in pod web-7d4b9c6f5-x2x9z_${namespace}`,
    type: 'Warning',
    source: { component: 'kubelet', host: 'node-0' },
    count: 1,
    firstTimestamp: time,
    lastTimestamp: time,
  };
}
