/** The same requests to a real API server and to Tidings over the same events. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Event } from '../src/core/event.ts';
import type { ApiClient } from './cluster/api-client.ts';
import { binary } from './cluster/binaries.ts';
import { ManagedProcess } from './cluster/managed-process.ts';
import { runKubectl, useCluster } from './helpers/cluster.ts';
import { writeEvents } from './helpers/event-writer.ts';
import { CONTROL_PLANE, lacking, lackingClients } from './helpers/require-component.ts';
import { temporaryDirectory } from './helpers/temporary-directory.ts';
import { RunningTidings, runTidings } from './helpers/tidings.ts';
import { until } from './helpers/until.ts';
import { type ApiAnswer, comparable, DIFFERENCES } from './kubernetes-api/differences.ts';
import { byBoth, KUBECTLS, type Kubectl, rows, withoutWarnings } from './kubernetes-api/kubectls.ts';
import { type ApiRequest, REQUESTS } from './kubernetes-api/requests.ts';

const FIXTURES = join(import.meta.dirname, '..', 'test', 'fixtures', 'events');
/** Ages are told to the second: the two are not asked within the same one every time. */
const ATTEMPTS = 4;

const OTHER = '/api/v1/namespaces/other/events';

/** Every watch in the tests is shown it. */
const LAST = {
  metadata: { name: 'the-last', namespace: 'other', labels: { tier: 'front' } },
  involvedObject: { kind: 'Pod', namespace: 'other', name: 'web', apiVersion: 'v1' },
  reason: 'TheLast',
  message: 'nothing follows',
  type: 'Warning',
  source: { component: 'kubelet' },
  count: 1,
  firstTimestamp: '2026-01-02T03:04:05Z',
  lastTimestamp: '2026-01-02T03:04:05Z',
} as const;

type Ask = (request: ApiRequest, path: string) => Promise<ApiAnswer>;

describe.skipIf(lacking(...CONTROL_PLANE) || lackingClients('kubectl'))('the Kubernetes API of events', () => {
  const cluster = useCluster();
  const directory = temporaryDirectory();
  // Both are made by Tidings, the second for what `tidings serve` serves beside it.
  const kubeconfig = join(directory.path, 'kubeconfig');
  const besides = join(directory.path, 'kubeconfig-serve');
  let tidings: RunningTidings;
  let early = '';
  let watches = 0;
  let servers: readonly { readonly ask: Ask; served: string }[] = [];

  beforeAll(async () => {
    const { client, controlPlane, kubectl } = cluster();
    tidings = new RunningTidings({
      dataDir: join(directory.path, 'data'),
      args: ['--kubeconfig', controlPlane.kubeconfigs.admin, '--default-window', '100y'],
    });
    await tidings.start();
    await kubectl('create', 'namespace', 'other');
    early = await writeAll(client);
    servers = [
      { ask: askApiServer(client), served: '' },
      { ask: askTidings(() => tidings.url), served: '' },
    ];
    const names = async (ask: Ask): Promise<string> => {
      const { items } = JSON.parse((await ask({ path: '' }, '/api/v1/events')).text) as ListBody;
      return items
        .map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`)
        .sort()
        .join('\n');
    };
    await until('Tidings has what the API server has', async () => {
      const [theirs, ours] = await Promise.all(servers.map(({ ask }) => names(ask)));
      return theirs === ours && theirs !== '';
    });
    for (const server of servers) {
      const { metadata } = JSON.parse((await server.ask({ path: '' }, '/api/v1/events?limit=1')).text) as ListBody;
      server.served = metadata.resourceVersion;
    }
    writeFileSync(kubeconfig, await runTidings(['kubeconfig', '--url', tidings.url]));
    return async () => {
      await tidings.stop('SIGKILL');
      directory.remove();
    };
  });

  test('is asked at least 200 requests, and differs in at most 15 ways, all of them documented', () => {
    expect(new Set(REQUESTS.map((request) => JSON.stringify(request))).size).toBeGreaterThanOrEqual(200);
    expect(DIFFERENCES.length).toBeLessThanOrEqual(15);
    const documented = readFileSync(join(import.meta.dirname, '..', 'docs', 'kubernetes-api.md'), 'utf8');
    for (const { name } of DIFFERENCES) expect(documented).toContain(`| ${name} |`);
  });

  test.concurrent.each(REQUESTS.map((request) => [described(request), request] as const))('%s', async (_, request) => {
    for (let attempt = 1; ; attempt++) {
      const [theirs, ours] = await Promise.all(
        servers.map(({ ask, served }) => answered(ask, request, { served, early })),
      );
      if (attempt < ATTEMPTS && JSON.stringify(ours) !== JSON.stringify(theirs)) continue;
      expect(ours).toEqual(theirs);
      return;
    }
  });

  test.each(
    byBoth([
      ['get events -A -o wide'],
      ['get events -n default'],
      ['get ev -n other'],
      ['get events -n none'],
      ['get events -n other -o yaml --sort-by=.metadata.name'],
      ['get events -A -o json --sort-by=.metadata.name'],
      ['get events -A --sort-by=.metadata.creationTimestamp -o name'],
      ['get events -A --sort-by=.metadata.name -o jsonpath={.items[*].metadata.name}'],
      ['get events -A --sort-by=.metadata.name -o custom-columns=N:.metadata.name,R:.reason,C:.count'],
      ['get events.events.k8s.io -A -o wide'],
      ['get events.v1.events.k8s.io -n other -o yaml --sort-by=.metadata.name'],
      ['get events -A --field-selector type=Warning,involvedObject.kind!=Node -o wide'],
      ['get events -n default -l tier=front -o wide'],
      ['get events -n default -l tier --show-labels'],
      ['get events -A --chunk-size=3 -o wide'],
      ['get events web.1 -n default -o yaml'],
      ['get event/web.1 event/web.2 -n default -o wide'],
      ['events -A'],
      ['events -n default --types=Warning'],
      ['events -A -o json'],
      ['get --raw /api/v1/namespaces/none/events'],
    ]),
  )('%s %s prints the same', async (kubectl, line) => {
    const run = async (config: string): Promise<string[]> => {
      const output = await runKubectl(config, line.split(' '), KUBECTLS[kubectl]());
      const lines = output.replace(/"resourceVersion":"\d+"\},"items"/, '"items"').split('\n');
      return lines.map((text) => text.trimEnd().replace(/ {2,}/g, '  ')).sort();
    };
    const both = () => Promise.all([run(cluster().controlPlane.kubeconfigs.admin), run(kubeconfig)]);
    let [theirs, ours] = await both();
    for (let attempt = 1; attempt < ATTEMPTS && theirs.join() !== ours.join(); attempt++) [theirs, ours] = await both();
    expect(ours).toEqual(theirs);
  });

  test.each(
    byBoth([
      ['get events -A --field-selector nothing=1'],
      ['get events -n default nobody'],
      ['get events -A -l =1'],
      ['get events -A -o jsonpath={.nothing'],
      // One of them has control characters in its message.
      ['get events -n default -o yaml'],
    ]),
  )('%s %s fails the same', async (kubectl, line) => {
    const failure = async (config: string): Promise<string> => {
      const error: unknown = await runKubectl(config, line.split(' '), KUBECTLS[kubectl]()).catch(
        (caught: unknown) => caught,
      );
      return withoutWarnings((error as { stderr: string }).stderr);
    };
    const ours = await failure(kubeconfig);
    expect(withoutWarnings(ours)).toBe(await failure(cluster().controlPlane.kubeconfigs.admin));
  });

  test('kubectl prints what was not observed', async () => {
    const options = { env: { ...process.env, KUBECONFIG: kubeconfig } };
    const { stderr } = await promisify(execFile)(binary('kubectl'), ['get', 'events', '-n', 'none'], options);
    const since =
      /^Warning: history begins at \S+: of what happened before, only what the API server still had is here$/m;
    expect(stderr).toMatch(since);
    expect(stderr).toContain('No resources found in none namespace.');
  });

  test('kubectl explain tells the fields, and deleting is refused', async () => {
    expect(await runKubectl(kubeconfig, ['explain', 'events.series'])).toMatch(/lastObservedTime\t<string>/);
    expect(await runKubectl(kubeconfig, ['explain', 'events.regarding', '--api-version=events.k8s.io/v1'])).toMatch(
      /fieldPath\t<string>/,
    );
    await expect(runKubectl(kubeconfig, ['delete', 'event', 'web.1', '-n', 'default'])).rejects.toMatchObject({
      stderr: expect.stringContaining('MethodNotAllowed'),
    });
  });

  const watching = (kubectl: Kubectl, line: string, config: string): ManagedProcess =>
    new ManagedProcess(kubectl, [KUBECTLS[kubectl](), ...line.split(' ')], {
      logFile: join(directory.path, `watch-${++watches}`),
      env: { ...process.env, KUBECONFIG: config },
    });

  test('kubectl --watch prints what is written, as with the API server', async () => {
    const { client, controlPlane } = cluster();
    const configs = [controlPlane.kubeconfigs.admin, kubeconfig];
    const watches = byBoth([
      ['get events -n other --watch --output-watch-events -o name'],
      ['get events -n other --watch -o wide'],
      [
        'get events -n other --watch -l tier=front --field-selector type=Warning --no-headers -o custom-columns=N:.reason',
      ],
      ['get events -n other --watch --field-selector type=Warning -o wide'],
      ['events -n other --watch'],
      ['events -n other --watch --types=Warning --no-headers'],
    ]).map(([kubectl, line]) => ({
      kubectl,
      line,
      children: configs.map((config) => watching(kubectl, line, config)),
    }));
    const all = watches.flatMap(({ children }) => children);
    onTestFinished(async () => {
      await Promise.all(all.map((child) => child.stop('SIGKILL')));
    });
    const state = await Promise.all(
      watches.map(async ({ kubectl, line, children }) => {
        const once = line.replace(/ --(?:output-)?watch(?:-events)?/g, '');
        const count = rows(await runKubectl(kubeconfig, once.split(' '), KUBECTLS[kubectl]())).length;
        const hasPrinted = (child: ManagedProcess) => rows(child.log()).length >= count || undefined;
        for (const child of children) await child.until('to print the state', () => hasPrinted(child));
        return count;
      }),
    );
    await writeEvents(client, { writes: 30, seed: 12, concurrency: 1, namespace: 'other' });
    await client.request('POST', OTHER, LAST);
    for (const child of all)
      await child.until('to print the last', () => /TheLast|the-last/.test(child.log()) || undefined);
    for (const [index, { kubectl, line, children }] of watches.entries()) {
      const [theirs = [], ours = []] = children.map((child) => rows(child.log()));
      const before = state[index] ?? 0;
      const told = (printed: readonly string[]) => [
        kubectl,
        line,
        printed.slice(0, before).toSorted(),
        printed.slice(before),
      ];
      expect(theirs.length).toBeGreaterThan(before);
      expect(told(ours)).toEqual(told(theirs));
    }
  });

  test('tidings serve serves the same beside it, by a path for cluster and window too', async () => {
    const serving = new ManagedProcess(
      'tidings serve',
      [join(import.meta.dirname, '..', 'tidings'), 'serve', '--data', tidings.dataDir, '--listen', '127.0.0.1:0'],
      { logFile: join(directory.path, 'serve') },
    );
    onTestFinished(() => serving.stop());
    const url = await serving.until('to listen', () => /http:\/\/127\.0\.0\.1:\d+/.exec(serving.log())?.[0]);
    const { name } = cluster().controlPlane;
    writeFileSync(besides, await runTidings(['kubeconfig', '--url', url, '--cluster', name, '--window', 'all']));
    const args = ['get', 'events', '-A', '-o', 'json', '--sort-by=.metadata.name'];
    expect(await runKubectl(besides, args)).toBe(await runKubectl(kubeconfig, args));
    // Events of last year are not of the last day.
    const [all, ofDay] = await Promise.all(
      [`${url}/window/all`, url].map(async (root) => {
        const response = await fetch(`${root}/api/v1/events`);
        return ((await response.json()) as ListBody).items.length;
      }),
    );
    expect(ofDay).toBeGreaterThan(0);
    expect(all).toBeGreaterThan(ofDay ?? 0);
  });

  test('a watch brings what is written while it is open, as the API server brings it', async () => {
    const { client } = cluster();
    const frames = async ({ ask, served }: (typeof servers)[number]): Promise<unknown> => {
      const path = `/api/v1/namespaces/other/events?watch=1&timeoutSeconds=4&resourceVersion=${served}`;
      return comparable(await ask({ path }, path), { path });
    };
    const watching = Promise.all(servers.map(frames));
    await writeEvents(client, { writes: 60, seed: 11, concurrency: 3, namespace: 'other' });
    const [theirs, ours] = await watching;
    expect(JSON.stringify(theirs).match(/"ADDED"/g)?.length).toBeGreaterThan(10);
    expect(JSON.stringify(theirs).match(/"MODIFIED"/g)?.length).toBeGreaterThan(10);
    expect(ours).toEqual(theirs);
  });
});

interface ListBody {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly { readonly metadata: { readonly name: string; readonly resourceVersion: string } }[];
}

function described({ method, path, accept, userAgent, acceptEncoding, pages }: ApiRequest): string {
  const more = [accept, userAgent, acceptEncoding, pages && 'page by page'].filter(Boolean);
  const short = path.length > 160 ? `${path.slice(0, 160)}…` : path;
  return [`${method ?? 'GET'} ${short}`, ...more].join(' · ').replaceAll('%', '%%');
}

async function answered(
  ask: Ask,
  request: ApiRequest,
  { served, early }: { readonly served: string; readonly early: string },
): Promise<object> {
  const path = request.path.replace('{served}', served).replace('{early}', early).replace('{future}', '999999999');
  const first = await ask(request, path);
  if (!request.pages) return comparable(first, request);
  const pages = [first];
  for (let page = JSON.parse(first.text) as ListBody; page.metadata.continue; ) {
    const next = await ask(request, `${path}&continue=${page.metadata.continue}`);
    pages.push(next);
    page = JSON.parse(next.text) as ListBody;
  }
  // Which event is on which page depends on the order.
  const bodies = pages.map(({ text }) => JSON.parse(text) as Record<'items' | 'rows', unknown[]>);
  const items = bodies.flatMap((body) => body.items ?? body.rows);
  const { rows, ...rest } = bodies[0] ?? { rows: [] };
  const text = `${JSON.stringify(rows ? { ...rest, rows: items } : { ...rest, items })}\n`;
  const sizes = bodies.map((body) => (body.items ?? body.rows).length);
  const versions = new Set(pages.map((page) => (JSON.parse(page.text) as ListBody).metadata.resourceVersion));
  return { ...comparable({ ...first, text }, request), sizes, versions: versions.size };
}

function headersOf({ accept, userAgent = 'e2e', acceptEncoding }: ApiRequest): Record<string, string> {
  return {
    'user-agent': userAgent,
    ...(accept !== undefined && { accept }),
    ...(acceptEncoding !== undefined && { 'accept-encoding': acceptEncoding }),
  };
}

function askApiServer(client: ApiClient): Ask {
  return async (request, path) => {
    const method = request.method ?? 'GET';
    const { statusCode, headers, body } = await client.forward(
      path,
      headersOf(request),
      AbortSignal.timeout(30_000),
      method,
    );
    const bytes = Buffer.from(await body.arrayBuffer());
    const text = headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
    return { status: statusCode, headers, text: text.toString() };
  };
}

/** Fetch unpacks by itself. */
function askTidings(url: () => string): Ask {
  return async (request, path) => {
    const { method = 'GET' } = request;
    const response = await fetch(url() + path, { method, headers: headersOf(request) });
    return { status: response.status, headers: Object.fromEntries(response.headers), text: await response.text() };
  };
}

/** Events as anybody may write them, some of them growing; gives the version of one that was written early on. */
async function writeAll(client: ApiClient): Promise<string> {
  const path = '/api/v1/namespaces/default/events';
  for (const event of fixtures()) await client.request('POST', path, event);
  for (const number of [1, 2, 3]) {
    const labels = { ...(number < 3 && { tier: number === 1 ? 'front' : 'back' }), rank: String(number), in: 'in' };
    const involvedObject = { kind: 'Pod', namespace: 'default', name: 'web', uid: 'uid-of-web', apiVersion: 'v1' };
    await client.request('POST', path, {
      metadata: { name: `web.${number}`, namespace: 'default', labels },
      involvedObject: { ...involvedObject, fieldPath: 'spec.containers{app}' },
      reason: 'BackOff',
      message: `<message> & "${number}"\n`,
      type: 'Warning',
      source: { component: 'kubelet', host: 'node-0' },
      count: number,
      firstTimestamp: '2026-01-02T03:04:05Z',
      lastTimestamp: '2026-01-02T03:04:05Z',
    });
  }
  const { metadata } = JSON.parse((await client.send('GET', `${path}/web.2`)).text) as ListBody;
  const time = new Date(Date.now() - 9 * 3_600_000);
  await writeEvents(client, { writes: 40, seed: 5, concurrency: 2, time });
  await writeEvents(client, { writes: 20, seed: 6, concurrency: 2, time, namespace: 'other' });
  await client.request('PATCH', `${path}/web.1`, { count: 9, reason: 'Killing' });
  return metadata.resourceVersion;
}

/** What only the server decides is left to it. */
function fixtures(): readonly Record<string, unknown>[] {
  if (!existsSync(FIXTURES)) return [];
  const files = readdirSync(FIXTURES).filter((name) => name.endsWith('.json'));
  return files.map((file, index) => {
    const event = JSON.parse(readFileSync(join(FIXTURES, file), 'utf8')) as Event;
    const { labels, annotations } = event.metadata;
    const metadata = { name: `fixture-${index}`, namespace: 'default', labels, annotations };
    // Validation wants an event to lie in the namespace of what it is about.
    const namespace = event.involvedObject.namespace === undefined ? {} : { namespace: 'default' };
    return {
      ...event,
      kind: 'Event',
      apiVersion: 'v1',
      metadata,
      involvedObject: { ...event.involvedObject, ...namespace },
    };
  });
}
