/** In front of a real API server: everything passes through, and nobody asks it for events any more. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { binary } from './cluster/binaries.ts';
import { ManagedProcess } from './cluster/managed-process.ts';
import { runKubectl, useCluster } from './helpers/cluster.ts';
import { writeEvents } from './helpers/event-writer.ts';
import { CONTROL_PLANE, lacking } from './helpers/require-component.ts';
import { temporaryDirectory } from './helpers/temporary-directory.ts';
import { RunningTidings, runTidings } from './helpers/tidings.ts';
import { until } from './helpers/until.ts';
import { Caller } from './proxy/caller.ts';
import { ECHO, startEchoServer } from './proxy/echo-server.ts';

/** Half of them poll, half of them watch. */
const CLIENTS = Number(process.env['PROXY_CLIENTS'] ?? 40);
const SECONDS = Number(process.env['PROXY_SECONDS'] ?? 8);
const WATCHES = Number(process.env['PROXY_WATCHES'] ?? 1_000);
const MEGABYTES = Number(process.env['PROXY_MEGABYTES'] ?? 200);
const MEGABYTE = 1024 * 1024;
/** Between two polls of a client. */
const PAUSE_MS = 500;

const SHOP = '/api/v1/namespaces/shop/events';

interface Object {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
}

interface Page {
  readonly metadata: { readonly continue?: string };
  readonly items: readonly Object[];
}

describe.skipIf(lacking(...CONTROL_PLANE))('the proxy', () => {
  const cluster = useCluster({ auditsEvents: true });
  const directory = temporaryDirectory();
  let tidings: RunningTidings;
  let admin: Caller;
  let dev: Caller;
  let url = '';

  beforeAll(async () => {
    const { controlPlane, kubectl } = cluster();
    const { kubeconfigs, issue } = {
      kubeconfigs: controlPlane.kubeconfigs,
      issue: controlPlane.issue.bind(controlPlane),
    };
    for (const namespace of ['shop', 'other']) await kubectl('create', 'namespace', namespace);
    // Tidings is the only one to read events of the API server.
    await kubectl('create', 'clusterrole', 'tidings', '--verb=list,watch', '--resource=events');
    await kubectl('create', 'clusterrole', 'namespaces', '--verb=get', '--resource=namespaces');
    for (const role of ['tidings', 'namespaces'])
      await kubectl('create', 'clusterrolebinding', role, `--clusterrole=${role}`, '--user=viewer');
    await kubectl(
      'create',
      'role',
      'dev',
      '-n',
      'shop',
      '--verb=get,list,watch',
      '--resource=events,events.events.k8s.io',
    );
    await kubectl('create', 'rolebinding', 'dev', '-n', 'shop', '--role=dev', '--user=dev');
    const serving = issue({ name: 'tidings', subject: '/CN=tidings', names: 'IP:127.0.0.1,DNS:localhost' });
    const config = join(directory.path, 'config.yaml');
    // By it deletes are told from expiry at once.
    writeFileSync(config, JSON.stringify({ clusters: [{ kubeconfig: kubeconfigs.viewer, eventTTL: '1h' }] }));
    tidings = new RunningTidings({
      dataDir: join(directory.path, 'data'),
      args: [
        ['--config', config, '--proxy-listen', '127.0.0.1:0', '--metrics-listen', '127.0.0.1:0'],
        ['--tls-cert-file', serving.certFile, '--tls-private-key-file', serving.keyFile],
      ].flat(),
    });
    await tidings.start();
    url = /"proxyUrl":"(https:[^"]+)"/.exec(tidings.process.log())?.[1] ?? '';
    admin = new Caller(kubeconfigs.admin, url);
    dev = new Caller(kubeconfigs.dev, url);
    await admin.kubectl('run', 'web', '-n', 'shop', '--image=none');
    return async () => {
      admin.close();
      dev.close();
      await tidings.stop('SIGKILL');
      directory.remove();
    };
  });

  /** By somebody else than Tidings, as `user verb path`, since a line of the audit log. */
  function eventReads(since = 0): string[] {
    const lines = readFileSync(cluster().controlPlane.auditLog, 'utf8').split('\n').slice(since);
    const seen = new Set<string>();
    for (const line of lines.filter(Boolean)) {
      const { verb, user, requestURI } = JSON.parse(line) as {
        verb: string;
        user: { username: string };
        requestURI: string;
      };
      const isRead = ['get', 'list', 'watch'].includes(verb);
      if (isRead && user.username !== 'viewer') seen.add(`${user.username} ${verb} ${requestURI}`);
    }
    return [...seen];
  }

  function audited(): number {
    return readFileSync(cluster().controlPlane.auditLog, 'utf8').split('\n').length - 1;
  }

  async function count(name: string, kind: string): Promise<number> {
    return Number(new RegExp(`^${name}\\{\\w+="${kind}"\\} (\\d+)$`, 'm').exec(await tidings.metrics())?.[1] ?? 0);
  }

  /** An event about the pod, by whatever way a caller has. */
  function eventOf(name: string, uid: string): object {
    return {
      kind: 'Event',
      apiVersion: 'v1',
      metadata: { name, namespace: 'shop' },
      involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web', uid, apiVersion: 'v1' },
      reason: 'Tested',
      message: `message of ${name}`,
      type: 'Normal',
      firstTimestamp: new Date().toISOString().replace(/\.\d+/, ''),
      lastTimestamp: new Date().toISOString().replace(/\.\d+/, ''),
      count: 1,
    };
  }

  async function podUid(): Promise<string> {
    return admin.kubectl('get', 'pod', 'web', '-n', 'shop', '-o', 'jsonpath={.metadata.uid}');
  }

  test('lets kubectl read, write and describe, and everyone read their own writes', async () => {
    const uid = await podUid();
    const since = audited();
    for (let round = 0; round < 10; round++) {
      const name = `web.${round}`;
      const created = await admin.ask(SHOP, 'POST', eventOf(name, uid));
      expect([created.status, created.text]).toEqual([201, expect.stringContaining(name)]);
      const { text } = await dev.ask(`${SHOP}?limit=500`);
      expect((JSON.parse(text) as { items: Object[] }).items.map(({ metadata }) => metadata.name)).toContain(name);
      expect((await admin.ask(`${SHOP}/${name}`)).status).toBe(200);
    }
    const file = join(directory.path, 'event.json');
    writeFileSync(file, JSON.stringify(eventOf('web.kubectl', uid)));
    await admin.kubectl('create', '-f', file);
    expect(await admin.kubectl('get', 'events', '-n', 'shop')).toContain('message of web.kubectl');
    await admin.kubectl('annotate', 'event', 'web.kubectl', '-n', 'shop', 'seen=true');
    expect(await dev.kubectl('get', 'event', 'web.kubectl', '-n', 'shop', '-o', 'yaml')).toContain('seen: "true"');
    expect(await admin.kubectl('describe', 'pod', 'web', '-n', 'shop')).toMatch(
      /Events:[^]*Tested[^]*message of web.3/,
    );
    expect(await admin.kubectl('events', '-n', 'shop', '--for', 'pod/web')).toContain('message of web.5');
    expect(await count('tidings_proxy_requests_total', 'passed')).toBeGreaterThan(10);
    // kubectl looks at an event before it annotates it, as at everything else: that is a read like others.
    expect(eventReads(since)).toEqual([]);
  });

  test('brings what happens to kubectl that watches', async () => {
    const uid = await podUid();
    const since = audited();
    const watching = [
      ['get', 'events', '-n', 'shop', '--watch-only', '-o', 'name'],
      ['events', '-n', 'shop', '--for', 'pod/web', '--watch'],
    ].map((args, index) => {
      const env = { ...process.env, KUBECONFIG: admin.kubeconfig };
      const options = { env, logFile: join(directory.path, `watch-${index}.log`) };
      const running = new ManagedProcess('kubectl', [binary('kubectl'), ...args], options);
      onTestFinished(() => running.stop('SIGKILL'));
      return running;
    });
    let written = 0;
    const shown = async (text: (name: string) => string, process: ManagedProcess): Promise<void> => {
      await until(`kubectl shows an event`, async () => {
        const name = `watched.${++written}`;
        await admin.ask(SHOP, 'POST', eventOf(name, uid));
        return [...Array(written)].some((_, index) => process.log().includes(text(`watched.${index + 1}`)));
      });
    };
    const [get, events] = watching;
    if (get) await shown((name) => `event/${name}`, get);
    if (events) await shown((name) => `message of ${name}`, events);
    expect(eventReads(since)).toEqual([]);
  });

  test('refuses as the API server does, and passes on who asks', async () => {
    const { controlPlane } = cluster();
    const { kubeconfigs } = controlPlane;
    const said = async (kubeconfig: string, ...args: readonly string[]): Promise<string> =>
      runKubectl(kubeconfig, args).catch(({ stderr }: { stderr: string }) => stderr);
    for (const args of [
      ['get', 'events', '-n', 'other'],
      ['get', 'events', '-A'],
      ['get', 'event', 'web.1', '-n', 'other'],
      ['get', 'pods', '-n', 'shop'],
      ['delete', 'event', 'web.1', '-n', 'shop'],
    ]) {
      const theirs = await said(kubeconfigs.dev, ...args);
      expect(theirs).toContain('Forbidden');
      expect([args, await said(dev.kubeconfig, ...args)]).toEqual([args, theirs]);
      expect(await said(admin.kubeconfig, ...args, '--as', 'dev')).toEqual(theirs);
    }
    await admin.ask(SHOP, 'POST', eventOf('web.rights', await podUid()));
    const seen = await admin.kubectl('get', 'events', '-n', 'shop', '--as', 'dev', '-o', 'name');
    expect(seen).toContain('event/web.rights');
    expect(await admin.kubectl('auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}')).toBe('admin');
    const authority = join(directory.path, 'ca.crt');
    writeFileSync(authority, Buffer.from(controlPlane.authority['certificate-authority-data'], 'base64'));
    const flags = ['--url', url, '--certificate-authority', authority, '--with-credentials'];
    const context = join(directory.path, 'context');
    writeFileSync(context, await runTidings(['kubeconfig', ...flags], { KUBECONFIG: kubeconfigs.dev }));
    expect(await said(context, 'auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}')).toBe('dev');
    // A certificate ends at the proxy.
    const certificate = new Caller(kubeconfigs.adminCertificate, url);
    onTestFinished(() => certificate.close());
    expect(await said(certificate.kubeconfig, 'get', 'events', '-A')).toMatch(/anonymous|Unauthorized|logged in/);
  });

  test('of an event that was deleted says what the API server says', async () => {
    const uid = await podUid();
    await admin.ask(SHOP, 'POST', eventOf('gone.1', uid));
    expect((await admin.ask(`${SHOP}/gone.1`)).status).toBe(200);
    expect((await admin.ask(`${SHOP}/gone.1`, 'DELETE')).status).toBe(200);
    expect((await admin.ask(`${SHOP}/gone.1`)).status).toBe(404);
    const { text } = await admin.ask(SHOP);
    expect(text).not.toContain('gone.1');
  });

  test('goes on with a list where it was begun', async () => {
    const uid = await podUid();
    for (const name of ['page.1', 'page.2', 'page.3']) await admin.ask(SHOP, 'POST', eventOf(name, uid));
    const { client } = cluster();
    const names: string[] = [];
    let page = JSON.parse((await client.send('GET', `${SHOP}?limit=1`)).text) as Page;
    for (;;) {
      names.push(...page.items.map(({ metadata }) => metadata.name));
      if (!page.metadata.continue) break;
      page = JSON.parse((await admin.ask(`${SHOP}?limit=1&continue=${page.metadata.continue}`)).text) as Page;
    }
    const { items } = JSON.parse((await client.send('GET', SHOP)).text) as Page;
    expect(names).toEqual(items.map(({ metadata }) => metadata.name));
    const since = audited();
    const pages = await admin.kubectl('get', 'events', '-n', 'shop', '--chunk-size=1', '-o', 'name');
    expect(pages.trim().split('\n').sort()).toEqual(names.map((name) => `event/${name}`).sort());
    expect(eventReads(since)).toEqual([]);
  });

  test(
    `passes ${MEGABYTES} MB each way, and upgraded streams`,
    async () => {
      const echo = await startEchoServer(cluster().controlPlane);
      onTestFinished(() => echo.close());
      const file = join(directory.path, 'echo.json');
      writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: echo.objects }));
      await admin.kubectl('apply', '-f', file);
      await until('the API server passes the group on', async () => (await admin.ask(ECHO)).status === 200);
      const before = await residentMegabytes();
      const download = await admin.open(`${ECHO}/download/${MEGABYTES}`);
      let size = 0;
      for await (const chunk of download) size += (chunk as Buffer).length;
      expect(size).toBe(MEGABYTES * MEGABYTE);

      const upload = admin.begin(`${ECHO}/upload`, { method: 'POST', headers: { 'transfer-encoding': 'chunked' } });
      const block = Buffer.alloc(MEGABYTE, 'y');
      const hash = createHash('sha256');
      const answering = once(upload, 'response') as Promise<[IncomingMessage]>;
      for (let sent = 0; sent < MEGABYTES; sent++) {
        hash.update(block);
        if (!upload.write(block)) await once(upload, 'drain');
      }
      upload.end();
      const [answer] = await answering;
      let text = '';
      for await (const chunk of answer) text += String(chunk);
      expect(text).toBe(`${MEGABYTES * MEGABYTE} ${hash.digest('hex')}`);
      expect((await residentMegabytes()) - before).toBeLessThan(150);

      const headers = { connection: 'Upgrade', upgrade: 'SPDY/3.1' };
      const asked = admin.begin(`${ECHO}/exec`, { method: 'POST', headers }).end();
      const [, socket] = (await once(asked, 'upgrade')) as [IncomingMessage, Socket];
      const [sent, received] = [createHash('sha256'), createHash('sha256')];
      let echoed = 0;
      socket.on('data', (chunk: Buffer) => {
        received.update(chunk);
        echoed += chunk.length;
      });
      for (let index = 0; index < 20; index++) {
        const part = Buffer.alloc(MEGABYTE, index);
        sent.update(part);
        if (!socket.write(part)) await once(socket, 'drain');
      }
      await until('all of it has come back', () => echoed === 20 * MEGABYTE);
      expect(received.digest('hex')).toBe(sent.digest('hex'));
      expect(await tidings.metrics()).toMatch(/^tidings_proxy_upgrades 1$/m);
      socket.destroy();
      await until('nothing is upgraded', async () => /^tidings_proxy_upgrades 0$/m.test(await tidings.metrics()));
    },
    120_000 + MEGABYTES * 500,
  );

  async function residentMegabytes(): Promise<number> {
    return Number(/^process_resident_memory_bytes (\S+)$/m.exec(await tidings.metrics())?.[1]) / MEGABYTE;
  }

  test(`keeps ${WATCHES} idle watches, and outlives the API server`, async () => {
    const { controlPlane, client } = cluster();
    const watcher = new Caller(controlPlane.kubeconfigs.admin, url);
    onTestFinished(() => watcher.close());
    const path = '/api/v1/namespaces/shop/configmaps';
    const { metadata } = JSON.parse((await watcher.ask(path)).text) as Object;
    let [brought, ended] = [0, 0];
    for (let opened = 0; opened < WATCHES; opened += 50) {
      await Promise.all(
        Array.from({ length: Math.min(50, WATCHES - opened) }, async () => {
          const answer = await watcher.open(`${path}?watch=1&resourceVersion=${metadata.resourceVersion}`);
          answer.once('data', () => brought++);
          answer.on('error', () => {});
          answer.once('close', () => ended++);
        }),
      );
    }
    await admin.kubectl('create', 'configmap', 'seen', '-n', 'shop');
    await until('every watch has brought it', () => brought === WATCHES);
    expect(ended).toBe(0);

    const events = await watcher.open(`${SHOP}?watch=1&resourceVersion=0`);
    events.resume();
    await controlPlane.stop('kube-apiserver');
    await until('every watch has ended', () => ended === WATCHES);
    const refused = await watcher.ask(path);
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '1']);
    expect(JSON.parse(refused.text)).toMatchObject({ kind: 'Status', reason: 'ServiceUnavailable' });
    const kubectl = admin.kubectl('get', 'configmaps', '-n', 'shop', '-o', 'name').catch(String);
    await controlPlane.start('kube-apiserver');
    await kubectl;
    expect(await admin.kubectl('get', 'configmaps', '-n', 'shop', '-o', 'name')).toContain('configmap/seen');
    await writeEvents(client, { writes: 5, seed: 3, namespace: 'shop', createOnly: true });
    const since = await count('tidings_proxy_requests_total', 'answered');
    await until('events are answered from the history again', async () => {
      expect((await admin.ask(SHOP)).status).toBe(200);
      return (await count('tidings_proxy_requests_total', 'answered')) > since;
    });
    events.destroy();
  });

  test(
    `spares the API server every read of events of ${CLIENTS} clients for ${SECONDS} s`,
    async () => {
      const { client } = cluster();
      await tidings.ready();
      await until('the history answers', async () => {
        const since = audited();
        return (await dev.ask(SHOP)).status === 200 && eventReads(since).length === 0;
      });
      const since = audited();
      const end = Date.now() + SECONDS * 1_000;
      let [polls, told, frames] = [0, 0, 0];
      const statuses = new Set<number>();
      // Half of all clients are the same person, who may not take everything at once: client-go waits as well.
      const patient = async (who: Caller, path: string) => {
        for (;;) {
          const answer = await who.ask(path);
          if (answer.status !== 429) return answer;
          told++;
          await sleep(1_000);
        }
      };
      const paths = [SHOP, '/apis/events.k8s.io/v1/namespaces/shop/events', '/api/v1/events'];
      const poll = async (index: number): Promise<void> => {
        for (let round = index; Date.now() < end; round++) {
          const path = `${paths[round % (index % 2 === 0 ? 3 : 2)] ?? SHOP}?limit=100`;
          const { status } = await patient(index % 2 === 0 ? admin : dev, path);
          statuses.add(status);
          polls++;
          await sleep(PAUSE_MS);
        }
      };
      const watch = async (index: number): Promise<void> => {
        const who = index % 2 === 0 ? admin : dev;
        const { text } = await patient(who, `${SHOP}?limit=1`);
        const { metadata } = JSON.parse(text) as Object;
        const left = Math.max(1, Math.ceil((end - Date.now()) / 1_000));
        const query = `watch=1&resourceVersion=${metadata.resourceVersion}&timeoutSeconds=${left}`;
        const answer = await who.open(`${SHOP}?${query}`);
        expect(answer.statusCode).toBe(200);
        for await (const chunk of answer) frames += String(chunk).split('\n').length - 1;
      };
      let written = 0;
      const write = async (): Promise<void> => {
        for (let seed = 100; Date.now() < end; seed++) {
          written += (await writeEvents(client, { writes: 5, seed, concurrency: 1, namespace: 'shop' })).length;
          await sleep(PAUSE_MS);
        }
      };
      const clients = Array.from({ length: CLIENTS }, (_, index) => (index < CLIENTS / 2 ? poll : watch)(index));
      await Promise.all([write(), ...clients]);
      expect(eventReads(since)).toEqual([]);
      expect([...statuses]).toEqual([200]);
      expect(polls).toBeGreaterThan(CLIENTS);
      expect(frames).toBeGreaterThan(CLIENTS / 2);
      process.stdout.write(
        `${polls} polls, ${told} told to wait, ${frames} frames, ${written} writes, no read at the API server\n`,
      );
    },
    120_000 + SECONDS * 1_000,
  );
});
