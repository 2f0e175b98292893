/** What sinks are told of the objects behind events: from a real API server, with all rights, few, and after the end. */

import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createClient } from '../src/api/json/client.ts';
import { useCluster } from './helpers/cluster.ts';
import { CONTROL_PLANE, lacking, NODES } from './helpers/require-component.ts';
import { testDirectory, tidingsUnderTest } from './helpers/suite.ts';
import { until } from './helpers/until.ts';

interface Sent {
  readonly object?: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly owners: readonly { readonly kind: string; readonly name: string }[];
    readonly node?: string;
    readonly deleted: boolean;
  };
  readonly event: {
    readonly involvedObject: { readonly kind: string; readonly namespace?: string; readonly name: string };
    readonly reason: string;
  };
}

/** What was posted, a record each. */
async function destination(): Promise<{ readonly url: string; readonly sent: readonly Sent[] }> {
  const sent: Sent[] = [];
  const server: Server = createServer((request, response) => {
    void text(request).then((body) => {
      sent.push(JSON.parse(body) as Sent);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, sent };
}

describe.skipIf(lacking(...CONTROL_PLANE, ...NODES))('objects', () => {
  const cluster = useCluster({ nodes: 1 });

  async function delivering(kubeconfig: string, route: object = {}) {
    const { url, sent } = await destination();
    const config = join(testDirectory(), 'config.yaml');
    writeFileSync(
      config,
      JSON.stringify({
        clusters: [{ kubeconfig }],
        sinks: [{ name: 'http', type: 'http', url, enrich: true }],
        routes: [{ ...route, sinks: ['http'] }],
      }),
    );
    const running = tidingsUnderTest(['--config', config]);
    await running.start();
    const about = (kind: string, name: string, reason?: string): Sent[] =>
      sent.filter(
        ({ event: { involvedObject: object, ...event } }) =>
          object.kind === kind && object.name.startsWith(name) && (reason === undefined || event.reason === reason),
      );
    return { running, about, sent };
  }

  test('have labels, annotations and owners up to the Deployment, also when they are gone', async () => {
    const { kubectl, controlPlane } = cluster();
    const { running, about } = await delivering(controlPlane.kubeconfigs.admin);
    await kubectl('create', 'deployment', 'web', '--image=nginx', '--replicas=2');
    await kubectl('rollout', 'status', 'deployment/web');
    const started = await until(
      'the pods started',
      () => about('Pod', 'web-', 'Started').length === 2 && about('Pod', 'web-'),
    );
    for (const { object } of started) {
      expect(object).toMatchObject({
        labels: { app: 'web' },
        owners: [{ kind: 'ReplicaSet' }, { kind: 'Deployment', name: 'web' }],
        deleted: false,
      });
    }
    await until('the ReplicaSet spoke', () => about('ReplicaSet', 'web-').length >= 2);
    expect(about('ReplicaSet', 'web-').map(({ object }) => object?.owners[0]?.name)).toEqual(['web', 'web']);
    expect(about('Deployment', 'web')[0]?.object?.annotations).toHaveProperty(['deployment.kubernetes.io/revision']);

    await kubectl('annotate', 'deployment/web', 'example.com/owner=shop');
    await kubectl('delete', 'deployment', 'web', '--wait');
    const killed = await until('the pods were stopped', () => {
      const killing = about('Pod', 'web-', 'Killing');
      // kwok says it more than once.
      return new Set(killing.map(({ event }) => event.involvedObject.name)).size === 2 && killing;
    });
    for (const { object } of killed) {
      expect(object).toMatchObject({
        labels: { app: 'web' },
        owners: [{ kind: 'ReplicaSet' }, { kind: 'Deployment' }],
      });
      expect(object?.deleted).toBe(true);
    }
    const metrics = await running.metrics();
    expect(metrics).toMatch(/^tidings_object_lookups_total\{.*outcome="hit"\} [1-9]/m);
    expect(metrics).not.toMatch(/^tidings_object_lookups_total\{.*outcome="(?:late|refused)"\} [1-9]/m);
  });

  test('tell workloads by their owners, where nobody else wants to know them either', async () => {
    const { kubectl, controlPlane } = cluster();
    const config = join(testDirectory(), 'config.yaml');
    const clusters = [{ kubeconfig: controlPlane.kubeconfigs.admin }];
    writeFileSync(config, JSON.stringify({ clusters, lookUpOwners: true }));
    const running = tidingsUnderTest(['--config', config]);
    await running.start();
    // A name that no Deployment would give.
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'odd', controller: true };
    await kubectl('create', 'deployment', 'odd', '--image=nginx', '--replicas=0');
    const uid = (await kubectl('get', 'deployment', 'odd', '-o', 'jsonpath={.metadata.uid}')).trim();
    const overrides = { metadata: { ownerReferences: [{ ...owner, uid }] } };
    await kubectl('run', 'seven-of-nine', '--image=nginx', `--overrides=${JSON.stringify(overrides)}`);
    const client = createClient({ url: running.url });
    const workload = await until('its owner was remembered', async () => {
      const path = { kind: 'Deployment', namespace: 'default', name: 'odd' };
      const { data } = await client.workload(path, {});
      return data.incarnations.some(({ kind }) => kind === 'Pod') && data;
    });
    expect(workload.incarnations.map(({ name }) => name)).toContain('seven-of-nine');
    expect(workload.linkedBy).toBe('owner');
  });

  test('are known after the API server was gone, as it is then', async () => {
    const { kubectl, controlPlane } = cluster();
    const { about } = await delivering(controlPlane.kubeconfigs.admin);
    const create = async (name: string) => {
      await kubectl('create', 'deployment', name, '--image=nginx');
      await until(`${name} started`, () => about('Pod', `${name}-`, 'Started').length > 0);
    };
    await create('before');
    await controlPlane.stop('kube-apiserver', 'SIGKILL');
    await controlPlane.start('kube-apiserver');
    await kubectl('label', 'pods', '--all', 'example.com/later=yes');
    await create('after');
    expect(about('Pod', 'after-', 'Started')[0]?.object).toMatchObject({ labels: { app: 'after' }, deleted: false });
    await kubectl('delete', 'deployment', 'before', 'after', '--wait');
    const killed = await until('the first one was stopped', () => about('Pod', 'before-', 'Killing')[0]);
    expect(killed.object?.labels).toMatchObject({ app: 'before', 'example.com/later': 'yes' });
  });

  test('that a right is missing for are sent without, which is said once; others are not', async () => {
    const { kubectl, controlPlane } = cluster();
    await kubectl('create', 'clusterrole', 'events-reader', '--verb=list,watch', '--resource=events');
    await kubectl(
      'create',
      'clusterrole',
      'some-objects',
      '--verb=get,list,watch',
      '--resource=deployments,replicasets',
    );
    for (const role of ['events-reader', 'some-objects']) {
      await kubectl('create', 'clusterrolebinding', role, `--clusterrole=${role}`, '--user=viewer');
    }
    const { running, about } = await delivering(controlPlane.kubeconfigs.viewer);
    await kubectl('create', 'deployment', 'shy', '--image=nginx', '--replicas=3');
    await kubectl('rollout', 'status', 'deployment/shy');
    await until('the pods started', () => about('Pod', 'shy-', 'Started').length === 3);
    expect(about('Pod', 'shy-').filter(({ object }) => object)).toEqual([]);
    expect(about('Deployment', 'shy')[0]?.object?.labels).toEqual({ app: 'shy' });
    const warnings = running.process
      .log()
      .split('\n')
      .filter((line) => line.includes('RBAC rule missing'));
    expect(warnings.filter((line) => line.includes('\\"pods\\"'))).toHaveLength(1);
    expect(warnings.filter((line) => line.includes('replicasets') || line.includes('deployments'))).toEqual([]);
  });

  test('can be what a route goes by', async () => {
    const { kubectl, controlPlane } = cluster();
    const { about, sent } = await delivering(controlPlane.kubeconfigs.admin, {
      match: 'object.owners.Deployment == "chosen" || object.labels.app == "chosen"',
    });
    for (const name of ['other', 'chosen']) {
      await kubectl('create', 'deployment', name, '--image=nginx');
      await kubectl('rollout', 'status', `deployment/${name}`);
    }
    await until('the chosen one started', () => about('Pod', 'chosen-', 'Started').length === 1);
    expect(sent.filter(({ event }) => !event.involvedObject.name.startsWith('chosen'))).toEqual([]);
  });
});
