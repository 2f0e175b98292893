import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { auditWhenSettled, FLAWLESS } from './helpers/audit.ts';
import { useCluster } from './helpers/cluster.ts';
import { type Written, writeEvents, writeEventsDuring } from './helpers/event-writer.ts';
import { CONTROL_PLANE, lacking } from './helpers/require-component.ts';
import { testDirectory, tidingsUnderTest } from './helpers/suite.ts';
import { until } from './helpers/until.ts';

const EVENTS_ONLY = ['--verb=list,watch', '--resource=events'];

describe.skipIf(lacking(...CONTROL_PLANE))('rights', () => {
  const cluster = useCluster();

  beforeAll(() => cluster().kubectl('create', 'clusterrole', 'events-reader', ...EVENTS_ONLY));

  test('a role that lists and watches events is enough; withdrawn while events are written, it is named; given back, nothing is missing', async () => {
    const { client, controlPlane, kubectl } = cluster();
    const grant = () =>
      kubectl('create', 'clusterrolebinding', 'viewer', '--clusterrole=events-reader', '--user=viewer');
    await grant();
    const running = tidingsUnderTest(['--kubeconfig', controlPlane.kubeconfigs.viewer]);
    await running.start();
    const hidden: Written[] = [];
    const written = await writeEventsDuring(client, { seed: 1, concurrency: 2 }, async () => {
      await kubectl('delete', 'clusterrolebinding', 'viewer');
      // An open watch outlives the right to open it.
      await controlPlane.stop('kube-apiserver', 'SIGKILL');
      await controlPlane.start('kube-apiserver');
      const refusal = await until('readiness names what is missing', async () => {
        const { ready, text } = await running.probe();
        return !ready && /refused|forbidden/i.test(text) && text;
      });
      expect(refusal).toContain('events');
      hidden.push(...(await writeEvents(client, { writes: 100, seed: 2 })));
      await grant();
      await running.ready();
    });
    const all = [...written, ...hidden];
    expect(await auditWhenSettled(running.dataDir, all)).toMatchObject({ ...FLAWLESS, offered: all.length });
  });

  test('of several namespaces, one that is refused does not hold up the others', async () => {
    const { client, controlPlane, kubectl } = cluster();
    for (const namespace of ['team-a', 'team-b']) await kubectl('create', 'namespace', namespace);
    const grant = async (namespace: string) => {
      await kubectl('create', 'role', 'events-reader', ...EVENTS_ONLY, '-n', namespace);
      await kubectl('create', 'rolebinding', 'dev', '--role=events-reader', '--user=dev', '-n', namespace);
    };
    await grant('team-a');
    const config = join(testDirectory(), 'config.yaml');
    const watched = { kubeconfig: controlPlane.kubeconfigs.dev, namespaces: ['team-a', 'team-b'] };
    writeFileSync(config, JSON.stringify({ clusters: [watched] }));
    const running = tidingsUnderTest(['--config', config]);
    await running.listening();
    // Written once: of what changes before it is listed, only the latest revision can be known.
    const first = await writeEvents(client, { writes: 1, seed: 7, namespace: 'team-a', createOnly: true });
    expect(await auditWhenSettled(running.dataDir, first)).toMatchObject(FLAWLESS);
    const allowed = await writeEvents(client, { writes: 60, seed: 3, namespace: 'team-a' });
    const refused = await writeEvents(client, { writes: 60, seed: 4, namespace: 'team-b', createOnly: true });
    expect(await auditWhenSettled(running.dataDir, allowed)).toMatchObject(FLAWLESS);
    await until('readiness names the namespace', async () => (await running.probe()).text.includes('team-b'));

    await grant('team-b');
    expect(await auditWhenSettled(running.dataDir, [...allowed, ...refused])).toMatchObject(FLAWLESS);
  });

  test('a token that is rotated in its file while events are written is taken from there, and nothing is missing', async () => {
    const { client, controlPlane, kubectl } = cluster();
    const directory = testDirectory();
    const tokenFile = join(directory, 'token');
    // A file is replaced, not rewritten, as the kubelet does with a projected token.
    const rotate = (token: string) => {
      writeFileSync(`${tokenFile}.new`, token, { mode: 0o600 });
      renameSync(`${tokenFile}.new`, tokenFile);
    };
    await kubectl('create', 'serviceaccount', 'collector');
    await kubectl(
      'create',
      'clusterrolebinding',
      'collector',
      '--clusterrole=events-reader',
      '--serviceaccount=default:collector',
    );
    const tokenOf = async (secret: string) => {
      await kubectl('create', 'secret', 'generic', secret);
      const bound = ['--bound-object-kind=Secret', `--bound-object-name=${secret}`];
      return kubectl('create', 'token', 'collector', ...bound);
    };
    rotate(await tokenOf('first'));
    const running = tidingsUnderTest(['--kubeconfig', controlPlane.writeKubeconfig('token-file', { tokenFile })]);
    await running.start();
    const hidden: Written[] = [];
    const written = await writeEventsDuring(client, { seed: 5, concurrency: 2 }, async () => {
      // The token dies with the secret it is bound to; the server forgets that it was good when it restarts.
      await kubectl('delete', 'secret', 'first');
      await controlPlane.stop('kube-apiserver', 'SIGKILL');
      await controlPlane.start('kube-apiserver');
      await until('the old token is refused', async () => !(await running.probe()).ready);
      hidden.push(...(await writeEvents(client, { writes: 100, seed: 6 })));
      rotate(await tokenOf('second'));
      await running.ready();
    });
    const all = [...written, ...hidden];
    expect(await auditWhenSettled(running.dataDir, all)).toMatchObject({ ...FLAWLESS, offered: all.length });
  });
});
