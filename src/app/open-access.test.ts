/** Callers by certificate, through TLS as it is served. */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Certificate, CertificateAuthority } from '../../test/helpers/certificates.ts';
import { reviewingServer } from '../../test/helpers/reviewing-server.ts';
import { temporaryDirectory } from '../../test/helpers/temporary-directory.ts';
import { guarded } from '../api/guarded.ts';
import { type Endpoint, listen } from '../api/listener.ts';
import { createLogger } from '../telemetry/log.ts';
import { type AccessConfig, openAccess } from './open-access.ts';

const LOGGER = createLogger({ format: 'json', level: 'error' });
const LOOPBACK = { host: '127.0.0.1', port: 0 };

const HELLO: Endpoint = {
  serves: () => true,
  answer: async (_request, response) => {
    response.end('hello');
  },
};

/** Something on an address whose access is as configured, and how to ask for it. */
async function opened(config: Partial<AccessConfig>, ca = '') {
  const access = await openAccess({ listen: LOOPBACK, clusters: [], ...config }, LOGGER);
  const { tls } = access;
  const listener = await listen([guarded(HELLO, access.access)], LOOPBACK, { ...(tls && { tls }) });
  onTestFinished(async () => {
    await listener.close();
    await access.close();
  });
  const get = (certificate?: Pick<Certificate, 'cert' | 'key'>, headers: Record<string, string | string[]> = {}) =>
    new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const asked = request(`${listener.url}/metrics`, { ca, ...certificate, headers, agent: false }, (response) => {
        void text(response).then((body) => resolve({ status: response.statusCode, body }));
      });
      asked.once('error', reject);
      asked.end();
    });
  return { access, listener, get };
}

/** A cluster with authorities for users and for proxies, and Tidings before it. */
async function withCertificates() {
  const directory = temporaryDirectory();
  const [users, proxies, strangers] = ['users', 'proxies', 'strangers'].map(
    (name) => new CertificateAuthority(directory, name),
  );
  if (!users || !proxies || !strangers) throw new Error('make three authorities: found fewer');
  const { certFile, keyFile } = strangers.issue('tidings', ['IP:127.0.0.1']);
  const server = await reviewingServer();
  server.authentication = {
    'client-ca-file': users.authority.cert,
    'requestheader-client-ca-file': proxies.authority.cert,
    'requestheader-allowed-names': '["front-proxy"]',
    'requestheader-username-headers': '["X-Remote-User"]',
    'requestheader-group-headers': '["X-Remote-Group"]',
    'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
  };
  const seen: object[] = [];
  server.allows = ({ user, groups, extra }) => {
    seen.push({ user, groups, extra });
    return true;
  };
  const clusters = [{ name: 'prod', server: server.url }];
  const config = { clusters, authentication: 'kubernetes', tls: { certFile, keyFile } } as const;
  return { directory, users, proxies, strangers, server, seen, ...(await opened(config, strangers.authority.cert)) };
}

describe('openAccess', () => {
  test('knows users by certificates that the authorities of the cluster have signed', async () => {
    const { get, users, strangers, seen, directory } = await withCertificates();
    expect(await get(users.issue('ann'))).toEqual({ status: 200, body: 'hello' });
    expect(seen).toEqual([{ user: 'ann', groups: ['system:authenticated'], extra: {} }]);
    expect(await get(withGroups(directory, users))).toMatchObject({ status: 200 });
    expect(seen[1]).toEqual({ user: 'bob', groups: ['dev', 'ops', 'system:authenticated'], extra: {} });
    expect(await get(strangers.issue('eve'))).toMatchObject({ status: 401 });
    expect(await get()).toMatchObject({ status: 401 });
    expect(seen).toHaveLength(2);
  });

  test('refuses certificates that are too old, or only for servers', async () => {
    const { get, users, directory } = await withCertificates();
    expect(await get(issued(directory, users, ['-days', '-1']))).toMatchObject({
      status: 401,
    });
    const forServers = join(directory, 'servers.ext');
    writeFileSync(forServers, 'extendedKeyUsage=serverAuth\n');
    expect(await get(issued(directory, users, ['-days', '2', '-extfile', forServers]))).toMatchObject({ status: 401 });
  });

  test('wants them to be signed by the authority itself', async () => {
    const { get, users, directory } = await withCertificates();
    const extensions = join(directory, 'between.ext');
    writeFileSync(extensions, 'basicConstraints=critical,CA:TRUE\n');
    const between = issued(directory, users, ['-days', '2', '-extfile', extensions], 'between');
    const leaf = issued(directory, { authority: between }, ['-days', '2'], 'carol');
    expect(await get({ ...leaf, cert: `${leaf.cert}\n${between.cert}` })).toMatchObject({ status: 401 });
    expect(await get(leaf)).toMatchObject({ status: 401 });
    // A user is no authority.
    const user = users.issue('dave');
    const forged = issued(directory, { authority: user }, ['-days', '2'], 'admin');
    expect(await get({ ...forged, cert: `${forged.cert}\n${user.cert}` })).toMatchObject({ status: 401 });
  });

  test('believes headers about the caller of the proxy that the cluster trusts, and of nobody else', async () => {
    const { get, users, proxies, strangers, seen } = await withCertificates();
    const headers = {
      'X-Remote-User': 'zoë',
      'X-Remote-Group': ['dev', 'system:authenticated'],
      'X-Remote-Extra-example.com%2Fteam': 'shop',
    };
    const sent = { ...headers, 'X-Remote-User': Buffer.from('zoë').toString('latin1') };
    expect(await get(proxies.issue('front-proxy'), sent)).toMatchObject({ status: 200 });
    expect(seen).toEqual([
      { user: 'zoë', groups: ['dev', 'system:authenticated'], extra: { 'example.com/team': ['shop'] } },
    ]);
    expect(await get(proxies.issue('another-proxy'), sent)).toMatchObject({ status: 401 });
    expect(await get(strangers.issue('front-proxy'), sent)).toMatchObject({ status: 401 });
    expect(await get(undefined, sent)).toMatchObject({ status: 401 });
    expect(await get(proxies.issue('front-proxy'))).toMatchObject({ status: 401 });
    expect(seen).toHaveLength(1);
    expect(await get(users.issue('front-proxy'), sent)).toMatchObject({ status: 200 });
    expect(seen[1]).toMatchObject({ user: 'front-proxy' });
  });

  test('takes a token where there is no certificate, also without TLS', async () => {
    const { get, server, users, seen } = await withCertificates();
    server.tokens.set('of-ann', { username: 'ann' });
    expect(await get(undefined, { Authorization: 'Bearer of-ann' })).toMatchObject({ status: 200 });
    // The certificate comes first.
    expect(await get(users.issue('bob'), { Authorization: 'Bearer of-ann' })).toMatchObject({ status: 200 });
    expect(seen).toMatchObject([{ user: 'ann' }, { user: 'bob' }]);
    const plain = await opened({ clusters: [{ name: 'prod', server: server.url }], authentication: 'kubernetes' });
    const response = await fetch(`${plain.listener.url}/metrics`, { headers: { Authorization: 'Bearer of-ann' } });
    expect(response.status).toBe(200);
    expect(plain.access.firstCluster).toBe('prod');
  });

  test('lets whoever has the token read, and nothing else', async () => {
    const readTokenFile = join(temporaryDirectory(), 'token');
    writeFileSync(readTokenFile, 'secret\n');
    const { listener, access } = await opened({ readTokenFile });
    const ask = async (token: string, method = 'GET') => {
      const headers = { Authorization: `Bearer ${token}` };
      const response = await fetch(`${listener.url}/metrics`, { method, headers });
      return response.status;
    };
    expect([await ask('secret'), await ask('other'), await ask('secret', 'POST')]).toEqual([200, 401, 403]);
    expect(access.local).toBe(false);
    const request = { headers: { authorization: 'Bearer secret' } } as IncomingMessage;
    const attempt = { cluster: 'prod', verb: 'list', group: '' } as const;
    expect(await access.access.events(attempt, request)).toEqual({ caller: 'tidings:reader', validMs: 10_000 });
    await expect(access.access.events({ ...attempt, verb: 'create' }, request)).rejects.toMatchObject({
      status: { code: 403 },
    });
    await expect(openAccess({ listen: LOOPBACK, clusters: [], readTokenFile: '/none' }, LOGGER)).rejects.toMatchObject({
      code: 'CREDENTIALS_FAILED',
    });
  });

  test('lets nobody in by a token whose file was deleted, until there is one again', async () => {
    const readTokenFile = join(temporaryDirectory(), 'token');
    writeFileSync(readTokenFile, 'secret\n');
    const warnings: unknown[] = [];
    const logger = { ...LOGGER, warn: (fields: unknown) => void warnings.push(fields) };
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const { access } = await openAccess({ listen: LOOPBACK, clusters: [], readTokenFile }, logger);
    const request = { headers: { authorization: 'Bearer secret' } } as IncomingMessage;
    const isLetIn = () =>
      access.path({ path: '/metrics', verb: 'get' }, request).then(
        () => true,
        () => false,
      );
    expect(await isLetIn()).toBe(true);
    rmSync(readTokenFile);
    vi.advanceTimersByTime(5_000);
    expect(await isLetIn()).toBe(false);
    vi.advanceTimersByTime(5_000);
    expect(await isLetIn()).toBe(false);
    expect(warnings).toEqual([{ problem: expect.stringContaining('ENOENT') }]);
    writeFileSync(readTokenFile, 'secret\n');
    vi.advanceTimersByTime(5_000);
    expect(await isLetIn()).toBe(true);
  });

  test('asks nobody who is on this machine, unless told to', async () => {
    const { listener, access } = await opened({});
    expect((await fetch(`${listener.url}/metrics`)).status).toBe(200);
    expect(access.local).toBe(true);
    const { access: wide } = await opened({ listen: { port: 0 } });
    expect(wide.local).toBe(false);
  });
});

function withGroups(directory: string, users: CertificateAuthority) {
  return issued(directory, users, ['-days', '2'], 'bob', '/O=dev/O=ops/CN=bob');
}

/** A certificate with whatever openssl is told. */
function issued(
  directory: string,
  { authority }: { readonly authority: Pick<Certificate, 'certFile' | 'keyFile'> },
  options: readonly string[],
  name = 'someone',
  subject = `/CN=${name}`,
): Certificate {
  const file = (extension: string): string => join(directory, `issued-${name}.${extension}`);
  const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', ...newKey, '-keyout', file('key'), '-subj', subject, '-out', file('csr'));
  const signing = ['-CA', authority.certFile, '-CAkey', authority.keyFile];
  openssl('x509', '-req', '-in', file('csr'), ...signing, ...options, '-out', file('crt'));
  const [certFile, keyFile] = [file('crt'), file('key')];
  return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}
