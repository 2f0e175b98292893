/** Kubernetes clients as they are published follow events through Tidings, and come to have what the API server has. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Digest, type Followed, Follower } from './clients/follower.ts';
import type { ClientName } from './clients/installation.ts';
import { freePorts } from './cluster/free-ports.ts';
import { useCluster } from './helpers/cluster.ts';
import { writeEvents } from './helpers/event-writer.ts';
import { CONTROL_PLANE, lacking, lackingClients } from './helpers/require-component.ts';
import { temporaryDirectory } from './helpers/temporary-directory.ts';
import { RunningTidings, runTidings } from './helpers/tidings.ts';
import { until } from './helpers/until.ts';

const CLIENTS = ['client-go', 'client-node', 'python'] as const satisfies readonly ClientName[];
/** In which they follow. */
const WAYS = 6;

const EVENTS = Number(process.env['EVENTS'] ?? 2_000);
const KILLS = Number(process.env['KILLS'] ?? 1);
/** For everything to arrive everywhere: client-go waits up to a minute before it tries again. */
const SYNC_MS = 90_000 + 10 * EVENTS;
const TEST_MS = SYNC_MS * (KILLS + 2);

const WINDOW_MS = 5_000;
/** What claims to be from so far ahead is seen by everybody before it leaves the window, also where many events are stored. */
const AHEAD_MS = 15_000 + EVENTS / 2;

describe.skipIf(lacking(...CONTROL_PLANE) || lackingClients(...CLIENTS))(
  'Kubernetes clients',
  { timeout: TEST_MS },
  () => {
    const cluster = useCluster({ compactionInterval: '1s' });
    const directory = temporaryDirectory();
    let ports: Readonly<Record<'listen' | 'elsewhere', number>>;
    let server: string;
    let tidings: RunningTidings;
    let followers: readonly Follower[] = [];
    let started = 0;

    beforeAll(async () => {
      // Clients find it at the same address again when it was started again.
      ports = await freePorts('listen', 'elsewhere');
      server = `http://127.0.0.1:${ports.listen}`;
      tidings = tidingsAt(ports.listen, '100y');
      await writeEvents(cluster().client, { writes: 300, seed: 1 });
      await writeEvents(cluster().client, { writes: EVENTS, seed: 7, createOnly: true });
      await tidings.start(SYNC_MS);
      await follow();
      return async () => {
        await Promise.all(followers.map((follower) => follower.stop()));
        await tidings.stop('SIGKILL');
        directory.remove();
      };
    }, TEST_MS);

    const tidingsAt = (port: number, window: string): RunningTidings => {
      const { kubeconfigs } = cluster().controlPlane;
      return new RunningTidings({
        dataDir: join(directory.path, 'data'),
        args: ['--kubeconfig', kubeconfigs.admin, '--listen', `127.0.0.1:${port}`, '--default-window', window],
      });
    };

    /** Clients that know nothing yet, in the place of those that are there. */
    const follow = async (): Promise<void> => {
      await Promise.all(followers.map((follower) => follower.stop()));
      const kubeconfig = join(directory.path, 'kubeconfig');
      writeFileSync(kubeconfig, await runTidings(['kubeconfig', '--url', server]));
      followers = CLIENTS.map((name) => new Follower(name, kubeconfig, join(directory.path, `${name}-${++started}`)));
      await Promise.all(followers.map((follower) => follower.listening()));
    };

    const followed = async (): Promise<ReadonlyMap<string, Followed>> =>
      new Map((await Promise.all(followers.map((follower) => follower.followed()))).flatMap(Object.entries));

    /** Resolves with what all of them have when it is the same, in the eyes of handlers too. */
    const inStep = async (theirs: () => Promise<readonly Listed[]>): Promise<ReadonlyMap<string, Followed>> => {
      let seen: unknown;
      const same = async () => {
        const expected = digestOf(await theirs());
        const ours = await followed();
        seen = { expected, ...Object.fromEntries(ours) };
        const digests = [...ours.values()].flatMap(({ stored, told = stored }) => [stored, told]);
        return digests.every(({ sha256 }) => sha256 === expected.sha256) && ours;
      };
      return until('all clients have the same', same, SYNC_MS).catch((cause: unknown) => {
        throw new Error(`clients differ: ${JSON.stringify(seen, null, 1)}`, { cause });
      });
    };

    const ofApiServer = (query?: string) =>
      listAll(async (path) => (await cluster().client.send('GET', path)).text, query);
    const ofTidings = () => listAll(async (path) => (await fetch(server + path)).text());

    test('come to have all events', async () => {
      const ways = await inStep(() => ofApiServer());
      expect(ways.size).toBe(WAYS);
    });

    test.each([
      ['type=Warning'],
      ['reason=BackOff,type!=Normal'],
      ['metadata.namespace=default,metadata.name=load-1-1'],
    ])('list what %s selects', async (selector) => {
      const expected = digestOf(await ofApiServer(`fieldSelector=${selector}`));
      expect(expected.count).toBeGreaterThan(0);
      const listed = (await Promise.all(followers.map((follower) => follower.listed(selector)))).flatMap(
        Object.entries,
      );
      expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(listed.map(([way]) => [way, expected])));
    });

    test('stay in step through kills and a stop longer than compaction, without a list anew', async () => {
      const { client } = cluster();
      const before = await followed();
      for (let kill = 1; kill <= KILLS; kill++) {
        const writing = writeEvents(client, { writes: 150, seed: 10 + kill });
        await tidings.stop('SIGKILL');
        await writing;
        await tidings.start();
        await inStep(() => ofApiServer());
      }
      await tidings.stop('SIGKILL');
      await writeEvents(client, { writes: 300, seed: 2 });
      await sleep(3_000);
      await writeEvents(client, { writes: 10, seed: 3, createOnly: true });
      await sleep(3_000);
      await tidings.start();
      const after = await inStep(() => ofApiServer());
      expect(tidings.process.log()).toContain('the position has expired');
      const said = followers.map((follower) => follower.said()).join('\n');
      expect({ lists: listsOf(after), said }).toEqual({ lists: listsOf(before), said });
    });

    test('forget what leaves the window, and list anew when their version has left it', async () => {
      const { client } = cluster();
      await tidings.stop('SIGKILL');
      tidings = tidingsAt(ports.listen, `${WINDOW_MS}ms`);
      await tidings.start();
      const ahead = Date.now() + AHEAD_MS;
      const staying = await writeEvents(client, { writes: 100, seed: 4, time: new Date(ahead + 3_600_000) });
      const leaving = await writeEvents(client, { writes: 200, seed: 5, time: new Date(ahead) });
      const names = new Set([...staying, ...leaving].map(({ name }) => name));
      // Its position has expired, so that it lists everything anew before it watches.
      await until('Tidings has what was written', async () => (await ofTidings()).length >= names.size, SYNC_MS);
      await follow();
      const full = await inStep(ofTidings);
      await sleep(ahead + WINDOW_MS - Date.now());
      const left = await inStep(ofTidings);
      for (const [way, { stored }] of left) {
        expect([way, stored.count < (full.get(way)?.stored.count ?? 0), stored.count > 0]).toEqual([way, true, true]);
      }
      expect(listsOf(left)).toEqual(listsOf(full));

      // It goes on while nobody reaches it.
      await tidings.stop('SIGKILL');
      const elsewhere = tidingsAt(ports.elsewhere, `${WINDOW_MS}ms`);
      await elsewhere.start();
      await writeEvents(client, { writes: 100, seed: 6, time: new Date(ahead + 3_600_000) });
      await sleep(WINDOW_MS);
      await elsewhere.stop('SIGKILL');
      await tidings.start();
      for (const [way, { lists }] of await inStep(ofTidings)) {
        expect([way, lists]).toEqual([way, (left.get(way)?.lists ?? 0) + 1]);
      }
    });
  },
);

function listsOf(followed: ReadonlyMap<string, Followed>): object {
  return Object.fromEntries([...followed].map(([way, { lists }]) => [way, lists]));
}

interface Listed {
  readonly metadata: { readonly namespace: string; readonly name: string; readonly resourceVersion: string };
}

async function listAll(get: (path: string) => Promise<string>, query = ''): Promise<readonly Listed[]> {
  const list = JSON.parse(await get(`/api/v1/events?${query}`)) as { readonly items: readonly Listed[] };
  return list.items;
}

function digestOf(events: readonly Listed[]): Digest {
  const lines = events.map(({ metadata }) => `${metadata.namespace}/${metadata.name} ${metadata.resourceVersion}`);
  const sha256 = createHash('sha256').update(lines.toSorted().join('\n')).digest('hex');
  return { count: lines.length, sha256 };
}
