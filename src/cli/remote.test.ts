import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { CertificateAuthority } from '../../test/helpers/certificates.ts';
import { ago, cli, event, HOUR, lines, NOW, OBSERVED, openStore } from '../../test/helpers/cli-store.ts';
import { collector } from '../../test/helpers/collector.ts';
import { operatedDeliveries, STORED } from '../../test/helpers/operated-deliveries.ts';
import { reviewingServer } from '../../test/helpers/reviewing-server.ts';
import { ScriptedSink } from '../../test/helpers/scripted-sink.ts';
import { temporaryDirectory } from '../../test/helpers/temporary-directory.ts';
import { type ServeConfig, serve } from '../app/serve.ts';
import { eventRecord } from '../core/record.ts';
import { runCli } from './cli.ts';

type Env = Readonly<Record<string, string>>;

/** `tidings serve` on a data directory; its address. */
async function served(dataDir: string, config: Partial<ServeConfig> = {}) {
  const stopping = new AbortController();
  const started = Promise.withResolvers<string>();
  const listen = { host: '127.0.0.1', port: 0 };
  const log = { format: 'json', level: 'error' } as const;
  const whole = { dataDir, listen, clusters: [], windowMs: HOUR, log, ...config };
  const ended = serve(whole, ({ url }) => started.resolve(url), stopping.signal);
  ended.catch(started.reject);
  const stop = async (): Promise<void> => {
    stopping.abort();
    await ended;
  };
  onTestFinished(stop);
  return { url: await started.promise, stop };
}

async function remote(args: readonly string[], env: Env = {}, program = 'tidings') {
  const [stdout, stderr] = [collector(), collector()];
  const io = { program, stdout, stderr, env: { HOME: '/nowhere', NO_COLOR: '1', ...env }, now: () => NOW };
  const exitCode = await runCli(args, io);
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

async function openFullStore() {
  const store = await openStore(['prod', 'stage']);
  const deleted = event('web-0.a', 4 * HOUR);
  const metadata = { ...deleted.metadata, resourceVersion: '900' };
  const envelope = { cluster: 'prod', epoch: 1, scope: '*', origin: 'watch', news: true } as const;
  const pay = {
    ...event('pay-0.c', 2 * HOUR),
    metadata: { name: 'pay-0.c', namespace: 'pay', uid: 'c', resourceVersion: '3' },
  };
  const first = event('web-1.b', 3 * HOUR, {
    type: 'Warning',
    reason: 'BackOff',
    message: `long ${'é'.repeat(600)}\nend`,
  });
  await store.append([deleted, first, pay, event('web-0.e', HOUR)], {
    ...OBSERVED,
    deletions: [eventRecord({ ...deleted, metadata }, { ...envelope, receivedAt: NOW - HOUR })],
  });
  const later = { ...first.metadata, resourceVersion: '800' };
  await store.append([{ ...first, metadata: later, count: 7, lastTimestamp: ago(2.5 * HOUR) }]);
  await store.append([event('web-9.z', 2 * HOUR)], {
    cluster: 'stage',
    scope: 'shop',
    observed: { from: NOW - 30 * HOUR, to: NOW - 5 * HOUR },
    breaks: [
      { from: NOW - 5 * HOUR, to: NOW - 4 * HOUR, cause: 'refused', healed: true, unknown: 'revisions', detail: 'no' },
    ],
  });
  return store;
}

describe('--url', () => {
  test('prints what reading the data directory prints, whatever is asked', async () => {
    const { dir } = await openFullStore();
    const { url } = await served(dir);
    for (const args of [
      'get events',
      'get events -o wide --no-headers',
      'get events -o json',
      'get events -o yaml',
      'get events -o jsonl',
      'get events -o name',
      'get events --revisions -o jsonl',
      'get events --limit 2',
      'get events --limit 1 --revisions -o jsonl',
      'get events --since 150m --until 2h -o name',
      'get events --since 1h --until 2h',
      'get events --since 2h -n pay,shop',
      'get events -n pay',
      'get events -n none',
      'get events -A -n pay -o json',
      'get events --type warning --reason BackOff,Other',
      'get events --for pods/web-0 -o jsonl',
      'get events --for deploy/web-0',
      'get events --filter event.count>3&&cluster=="prod"',
      'get events --filter event.metadata.labels.team=="a"',
      'get events --search pod:web-* --filter event.message.contains("web") -o name',
      'get events --filter event.raeson',
      'get events --search type:',
      'get events --cluster stage -n shop',
      'get events --cluster stagee',
      'describe pod/web-0',
      'describe pod web-1 -n shop --cluster prod',
      'describe pod/none',
      'coverage',
      'coverage --since 6h --until 2h -o json',
      'coverage --cluster prod',
    ]) {
      const local = await cli(dir, args);
      expect([args, await remote([...args.split(' '), '--url', url])]).toEqual([args, local]);
    }
    const terminal = await cli(dir, 'get events', { isTTY: true });
    expect((await remote(['get', 'events'], { TIDINGS_URL: `${url}/` })).stdout).toBe(terminal.stdout);
  });

  test('judges the routes of this configuration over the events that are there', async () => {
    const { dir } = await openFullStore();
    const { url } = await served(dir);
    const config = join(temporaryDirectory(), 'tidings.yaml');
    const routes = 'routes: [{match: occurrences >= 2, sinks: [out]}, {drop: event.count > 5, sinks: [out]}]';
    writeFileSync(config, `sinks: [{name: out, type: stdout}]\n${routes}\n`);
    for (const args of ['', ' -o json', ' --filter event.count>3', ' --since 150m']) {
      const test = `route test --config ${config}${args}`;
      const local = await cli(dir, test);
      expect(local).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('out') });
      expect([args, await remote([...test.split(' '), '--url', url])]).toEqual([args, local]);
      expect([args, await remote(test.split(' '), { TIDINGS_URL: url })]).toEqual([args, local]);
    }
  });

  test('reads a list of several answers whole', async () => {
    const { dir, append } = await openStore();
    await append(
      Array.from({ length: 4_500 }, (_, index) => event(`web-${index}.a`, HOUR - index)),
      OBSERVED,
    );
    const { url } = await served(dir);
    for (const flags of ['', ' --limit 4100']) {
      const local = await cli(dir, `get events -o name${flags}`);
      expect((await remote(`get events -o name --url ${url}${flags}`.split(' '))).stdout).toBe(local.stdout);
      expect(lines(local.stdout).length).toBeGreaterThan(4_000);
    }
  });

  test('with --watch follows the stream, each revision once, also when Tidings is started again', async () => {
    const { dir, append } = await openStore();
    await append([event('web-0.a', 3 * HOUR), event('web-1.b', 2 * HOUR)], OBSERVED);
    const first = await served(dir);
    const [stdout, stderr, stop] = [collector(), collector(), new AbortController()];
    const args = ['get', 'events', '-w', '-o', 'name', '-n', 'shop', '--type', 'Normal', '--url', first.url];
    const ended = runCli(args, { stdout, stderr, env: {}, now: () => NOW, signal: stop.signal });
    await vi.waitFor(() => expect(lines(stdout.text)).toHaveLength(2), 5_000);
    const other = event('x.d', HOUR);
    await append([
      event('web-0.c', HOUR),
      { ...other, metadata: { ...other.metadata, namespace: 'pay' } },
      event('web-0.w', HOUR, { type: 'Warning' }),
    ]);
    await vi.waitFor(() => expect(lines(stdout.text)).toHaveLength(3), 5_000);
    await first.stop();
    await append([event('web-0.d', HOUR)]);
    await vi.waitFor(() => expect(stderr.text).toContain('; trying again'), 5_000);
    await served(dir, { listen: { host: '127.0.0.1', port: Number(new URL(first.url).port) } });
    await vi.waitFor(() => expect(lines(stdout.text)).toHaveLength(4), 5_000);
    stop.abort();
    expect(await ended).toBe(0);
    expect(stdout.text).toBe('event/web-0.a\nevent/web-1.b\nevent/web-0.c\nevent/web-0.d\n');
  });

  test('says what answers there that is no Tidings, or that nothing does', async () => {
    const page = createServer((request, response) => {
      const [status, type] = request.url?.includes('ledger') ? [200, 'text/html'] : [404, 'text/plain'];
      response.writeHead(status, { 'Content-Type': type }).end(`found ${request.headers.authorization}`);
    });
    await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(page.address() as AddressInfo).port}`;
    expect(await remote(['coverage', '--url', url])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        `error: ask the Tidings at ${url}: found an answer of type "text/html", want JSON\n` +
        'hint: Something else answers there: --url is the address of `tidings run` or `tidings serve`.\n',
    });
    const tokenFile = join(temporaryDirectory(), 'token');
    writeFileSync(tokenFile, 'secret');
    expect((await remote(['sinks', '--url', url, '--token-file', tokenFile])).stderr).toContain(
      `error: ask the Tidings at ${url}: found an answer 404: found Bearer <redacted>\nhint: Something else`,
    );
    await new Promise((resolve) => page.close(resolve));
    expect(await remote(['sinks', '--url', url])).toMatchObject({
      exitCode: 1,
      stderr:
        `error: connect to the Tidings at ${url}: connection refused\n` +
        'hint: Does it run, with this address as its --listen?\n',
    });
  });

  test.each([
    ['get events --context x', 'use --context: found no --url, which it is for'],
    ['get events --url http://h --data d', 'find the store: found --data and --url, want one of them'],
    ['get events --url h', 'use --url: found no URL, want one such as https://tidings.example:7780'],
    ['get events --url https://u:p@h', 'use --url: found another, want one such as'],
    ['coverage --url https://h --token-file t --context x', 'use --token-file: found --kubeconfig or --context too'],
    ['coverage --url http://h.example --token-file t', 'use --token-file: found --url http://h.example, want https'],
    ['--url http://h version', 'use --url: found it before version, which takes none'],
  ])('refuses %s', async (args, problem) => {
    expect(await remote(args.split(' '))).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining(problem),
    });
  });
});

describe('--url over TLS', () => {
  /** A Tidings whose users are those of a cluster, and a kubeconfig of it. */
  async function secured() {
    const { dir, append } = await openStore();
    await append([event('web-0.a', HOUR)], OBSERVED);
    const directory = temporaryDirectory();
    const authority = new CertificateAuthority(directory, 'authority');
    const { certFile, keyFile } = authority.issue('tidings', ['IP:127.0.0.1']);
    const reviewing = await reviewingServer();
    reviewing.tokens.set('dev-token', { username: 'dev' }).set('ops-token', { username: 'ops' });
    reviewing.allows = ({ user, resourceAttributes }) => user === 'ops' || resourceAttributes?.['namespace'] === 'shop';
    reviewing.namespaces.set('shop', ago(24 * HOUR));
    const clusters = [{ name: 'prod', server: reviewing.url }];
    const { url } = await served(dir, { tls: { certFile, keyFile }, clusters, authentication: 'kubernetes' });
    const ca = { 'certificate-authority': authority.authority.certFile };
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: 'ops-token' },
    };
    const users = {
      dev: { token: 'dev-token' },
      stranger: { token: 'nobodys' },
      plugin: {
        exec: { apiVersion: exec.apiVersion, command: 'echo', args: [JSON.stringify(exec)], interactiveMode: 'Never' },
      },
    };
    const kubeconfig = join(directory, 'config');
    const contexts = Object.keys(users).map((name) => ({ name, context: { cluster: 'beside', user: name } }));
    const config = {
      clusters: [
        { name: 'beside', cluster: { server: 'https://127.0.0.1:1', ...ca } },
        { name: 'elsewhere', cluster: { server: 'https://api.example:6443', ...ca } },
      ],
      users: Object.entries(users).map(([name, user]) => ({ name, user })),
      contexts: [...contexts, { name: 'far', context: { cluster: 'elsewhere', user: 'dev' } }],
      'current-context': 'dev',
    };
    writeFileSync(kubeconfig, JSON.stringify(config));
    const tokenFile = join(directory, 'token');
    writeFileSync(tokenFile, 'ops-token\n');
    const env = { KUBECONFIG: kubeconfig, TIDINGS_URL: url, PATH: process.env['PATH'] ?? '' };
    const get = (...flags: readonly string[]) => remote(['get', 'events', '-o', 'name', ...flags], env);
    return { url, get, env, tokenFile, caFile: authority.authority.certFile };
  }

  const FOUND = { exitCode: 0, stdout: 'event/web-0.a\n', stderr: '' };

  test('is asked as the user of the context, by token, plugin or token file', async () => {
    const { get, tokenFile, caFile, env } = await secured();
    expect(await get('-n', 'shop')).toEqual(FOUND);
    expect(await get('--context', 'plugin')).toEqual(FOUND);
    expect(await get('--token-file', tokenFile, '--certificate-authority', caFile)).toEqual(FOUND);
    expect(await get('--context', 'far', '-n', 'shop', '--certificate-authority', caFile)).toEqual(FOUND);
    const plugin = ['--context', 'plugin', 'get', 'events', '-o', 'name'];
    expect(await remote(plugin, env, 'kubectl-tidings')).toEqual(FOUND);
  });

  test('names the credentials that were not enough, and what to do', async () => {
    const { url, get, env, caFile } = await secured();
    expect(await get()).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(
        /^error: ask the Tidings at https:\S+ with the credentials of context "dev": .*"dev" cannot list .* \(403\)\nhint: Name the namespaces that you may read with --namespace\.\n$/,
      ),
    });
    expect(await get('--context', 'stranger')).toMatchObject({
      exitCode: 1,
      stderr:
        `error: ask the Tidings at ${url} with the credentials of context "stranger": Unauthorized (401)\n` +
        'hint: Are they of the cluster whose users this Tidings knows? Another one is chosen by --context.\n',
    });
    const anonymous = { ...env, KUBECONFIG: '/nowhere/config' };
    expect((await remote(['coverage', '--certificate-authority', caFile], anonymous)).stderr).toMatch(
      /with no credentials: Unauthorized \(401\)\nhint: Name a context/,
    );
    expect((await get('--context', 'far')).stderr).toMatch(
      /^error: connect to the Tidings at \S+: the server's certificate is signed by an unknown authority \(\w+\)\nhint: Name the authority that has signed it by --certificate-authority\.\n$/,
    );
    expect((await get('--context', 'dve')).stderr).toContain('Did you mean "dev"?');
    expect((await get('-n', 'shop,pay')).stderr).toContain('# not shown of prod/pay: ');
  });
});

describe('--url of a Tidings that delivers', () => {
  test('operates sinks as on its machine', async () => {
    const destination = new ScriptedSink();
    const { url, dataDir } = await operatedDeliveries(destination);
    const tokenFile = join(temporaryDirectory(), 'token');
    writeFileSync(tokenFile, 'operator');
    const away = (...args: readonly string[]) => remote([...args, '--url', url, '--token-file', tokenFile]);
    const here = (...args: readonly string[]) => remote([...args, '--data', dataDir]);
    const ok = (stdout: string) => ({ exitCode: 0, stdout, stderr: '' });
    await vi.waitFor(() => expect(destination.taken).toHaveLength(STORED), 10_000);
    await away('sinks', 'pause', 'memory');
    expect(await away('sinks', 'seek', 'memory', '--to', 'beginning')).toEqual(ok('memory goes on from there\n'));
    expect(await away('sinks', 'resume', 'memory')).toEqual(ok('memory is delivering\n'));
    await vi.waitFor(() => expect(destination.taken).toHaveLength(2 * STORED), 10_000);
    expect(await away('sinks', 'test', 'memory')).toEqual(ok('memory took the test event\n'));
    const atRest = (text: string) => text.replaceAll(/[\d.]+\/s|"rate": [\d.]+/g, '');
    for (const args of [['sinks'], ['sinks', '-o', 'json']])
      expect(atRest((await away(...args)).stdout)).toBe(atRest((await here(...args)).stdout));
    const replay = ['replay', '--sink', 'memory', '--filter', 'event.type == "Warning"'];
    expect(await away(...replay)).toEqual(await here(...replay));
    for (const wrong of [
      ['sinks', 'pause', 'memroy'],
      ['sinks', 'forget', 'memory'],
      ['replay', '--sink', 'memroy'],
      ['replay', '--sink', 'memory', '--filter', 'event.raeson == ""'],
    ])
      expect([wrong, await away(...wrong)]).toEqual([wrong, await here(...wrong)]);
    writeFileSync(tokenFile, 'viewer');
    expect((await away('sinks')).stderr).toContain('with the token of --token-file: ');
  });

  test('shows, retries and drops dead letters as on its machine', async () => {
    const destination = new ScriptedSink();
    destination.answer = () => ({ status: 'reject', reason: 'invalid', problem: 'POST /: 400 found' });
    const { url, dataDir, ledger } = await operatedDeliveries(destination);
    const tokenFile = join(temporaryDirectory(), 'token');
    writeFileSync(tokenFile, 'operator');
    const away = (...args: readonly string[]) =>
      remote(['dead-letters', ...args, '--url', url, '--token-file', tokenFile]);
    const here = (...args: readonly string[]) => remote(['dead-letters', ...args, '--data', dataDir]);
    const list = async () => lines((await here('list')).stdout).slice(1);
    await vi.waitFor(async () => expect(await list()).toHaveLength(STORED), 10_000);
    const [letter] = await ledger.deadLetters({ limit: 1 });
    if (!letter) throw new Error('no letter');
    await ledger.addDeadLetters(['a', 'b'].map((key) => ({ ...letter, key, sink: 'old' })));
    for (const args of [
      ['list'],
      ['list', '-o', 'json'],
      ['list', '--sink', 'old'],
      ['show', '1'],
      ['show', '99'],
      ['drop', '99'],
      ['drop'],
    ])
      expect([args, await away(...args)]).toEqual([args, await here(...args)]);
    expect(await away('retry', '1')).toMatchObject({ exitCode: 1, stdout: '0 taken, 1 not taken\n' });
    destination.answer = () => ({ status: 'ok' });
    expect(await away('retry', '--all')).toEqual({
      exitCode: 1,
      stdout: `${STORED} taken, 0 not taken, 2 of sinks that are not configured any more\n`,
      stderr:
        '2 of sink old, which is not configured any more\n' +
        `error: retry dead letters: 2 of ${STORED + 2} were not taken\n` +
        'hint: Forget those of a removed sink: dead-letters drop --sink old\n',
    });
    expect((await away('drop', '--sink', 'old')).stdout).toBe('2 dropped\n');
    expect(await ledger.deadLetters({ limit: 1 })).toEqual([]);
  });

  test('whom nobody knows does not operate it, and says what to do', async () => {
    const { dataDir } = await operatedDeliveries(new ScriptedSink());
    const { url } = await served(dataDir);
    expect(await remote(['sinks', '--url', url])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/nothing is delivered here.* \(501\)\nhint: Ask the `tidings run`/),
    });
  });
});

test('kubectl tidings is what usage says where kubectl has found it', async () => {
  const { stdout } = await remote(['get', 'events', '--help'], {}, 'kubectl-tidings');
  expect(stdout).toMatch(/^Usage: kubectl tidings get events\|event /);
  expect((await remote(['--help'], {}, 'kubectl-tidings')).stdout).toMatch(/^Usage: kubectl tidings /);
  expect((await remote(['--help'])).stdout).toMatch(/^Usage: tidings /);
});
