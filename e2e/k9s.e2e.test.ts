/**
 * k9s, which reads events by informers of its own, through the proxy. It takes a quarter of an hour of CPU to build, so
 * whoever has one names it: `K9S=$(command -v k9s) make e2e-fast TESTS=k9s`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { ManagedProcess } from './cluster/managed-process.ts';
import { useCluster } from './helpers/cluster.ts';
import { CONTROL_PLANE, lacking } from './helpers/require-component.ts';
import { temporaryDirectory } from './helpers/temporary-directory.ts';
import { RunningTidings } from './helpers/tidings.ts';
import { until } from './helpers/until.ts';
import { Caller } from './proxy/caller.ts';

const K9S = process.env['K9S'];

describe.skipIf(lacking(...CONTROL_PLANE))('k9s through the proxy', () => {
  const cluster = useCluster({ auditsEvents: true });
  const directory = temporaryDirectory();
  let admin: Caller;

  beforeAll(async () => {
    const { controlPlane, kubectl } = cluster();
    const { kubeconfigs } = controlPlane;
    await kubectl('create', 'namespace', 'shop');
    await kubectl('create', 'clusterrole', 'tidings', '--verb=list,watch', '--resource=events');
    await kubectl('create', 'clusterrolebinding', 'tidings', '--clusterrole=tidings', '--user=viewer');
    const serving = controlPlane.issue({ name: 'tidings', subject: '/CN=tidings', names: 'IP:127.0.0.1' });
    const tidings = new RunningTidings({
      dataDir: join(directory.path, 'data'),
      args: [
        ['--kubeconfig', kubeconfigs.viewer, '--proxy-listen', '127.0.0.1:0', '--metrics-listen', '127.0.0.1:0'],
        ['--tls-cert-file', serving.certFile, '--tls-private-key-file', serving.keyFile],
      ].flat(),
    });
    await tidings.start();
    admin = new Caller(kubeconfigs.admin, /"proxyUrl":"(https:[^"]+)"/.exec(tidings.process.log())?.[1] ?? '');
    return async () => {
      admin.close();
      await tidings.stop('SIGKILL');
      directory.remove();
    };
  });

  test('shows events as they come, and asks the API server for none', async () => {
    const { controlPlane } = cluster();
    const size = 'stty rows 60 cols 200';
    const command = `${size}; exec ${K9S} --command events --namespace shop --readonly --headless --logoless`;
    const k9s = new ManagedProcess('k9s', ['script', '-qefc', command, '/dev/null'], {
      env: { ...process.env, KUBECONFIG: admin.kubeconfig, HOME: directory.path, TERM: 'xterm-256color' },
      logFile: join(directory.path, 'k9s.log'),
    });
    onTestFinished(() => k9s.stop('SIGKILL'));
    let written = 0;
    await until('k9s shows an event', async () => {
      const answer = await admin.ask('/api/v1/namespaces/shop/events', 'POST', eventOf(`web.${++written}`));
      expect(answer.status).toBe(201);
      return stripVTControlCharacters(k9s.log()).includes('SeenByK9s');
    });
    const readers = readFileSync(controlPlane.auditLog, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { verb: string; user: { username: string } })
      .filter(({ verb, user }) => ['get', 'list', 'watch'].includes(verb) && user.username !== 'viewer');
    expect(readers).toEqual([]);
  });
});

function eventOf(name: string): object {
  const now = new Date().toISOString().replace(/\.\d+/, '');
  return {
    kind: 'Event',
    apiVersion: 'v1',
    metadata: { name, namespace: 'shop' },
    involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web', apiVersion: 'v1' },
    reason: 'SeenByK9s',
    message: `message of ${name}`,
    type: 'Warning',
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  };
}
