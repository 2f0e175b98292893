import { copyFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect, TLSSocket } from 'node:tls';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type Certificate, CertificateAuthority } from '../../test/helpers/certificates.ts';
import { temporaryDirectory } from '../../test/helpers/temporary-directory.ts';
import { type Endpoint, listen } from './listener.ts';
import { ServingTls } from './serving-tls.ts';

function files() {
  const directory = temporaryDirectory();
  const authority = new CertificateAuthority(directory, 'authority');
  const [first, second] = ['first', 'second'].map((name) => authority.issue(name, ['IP:127.0.0.1']));
  if (!first || !second) throw new Error('issue two certificates: found fewer');
  const [certFile, keyFile] = [join(directory, 'tls.crt'), join(directory, 'tls.key')];
  copyFileSync(first.certFile, certFile);
  copyFileSync(first.keyFile, keyFile);
  const clock = { now: 0 };
  return { authority, second, certFile, keyFile, clock, now: () => clock.now };
}

const ENDPOINT: Endpoint = {
  serves: () => true,
  answer: async (_request, response) => {
    response.end('hello');
  },
};

/** The name on the certificate that a server shows. */
function shownBy(url: string, ca: string): Promise<string | undefined> {
  const { port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: Number(port), ca }, () => {
      resolve(socket.getPeerX509Certificate()?.subject);
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

test('ServingTls shows a certificate that was replaced to those who connect then, once its key is there too', async () => {
  const { authority, second, certFile, keyFile, clock, now } = files();
  const tls = new ServingTls({ certFile, keyFile, now });
  const listener = await listen([ENDPOINT], { host: '127.0.0.1', port: 0 }, { tls, tlsRefreshMs: 5 });
  onTestFinished(() => listener.close());
  expect(listener.url).toMatch(/^https:/);
  const shown = () => shownBy(listener.url, authority.authority.cert);
  expect(await shown()).toBe('CN=first');
  copyFileSync(second.certFile, certFile);
  clock.now = 20_000;
  const before = await tls.current();
  clock.now = 40_000;
  expect(await tls.current()).toBe(before);
  expect(await shown()).toBe('CN=first');
  copyFileSync(second.keyFile, keyFile);
  clock.now = 60_000;
  await vi.waitFor(async () => expect(await shown()).toBe('CN=second'));
});

test('ServingTls believes those whom the authorities of the moment have signed, once they are known', async () => {
  const { authority, second, certFile, keyFile, now } = files();
  const strangers = new CertificateAuthority(temporaryDirectory(), 'strangers');
  const caller = strangers.issue('caller');
  let authorities = '';
  const tls = new ServingTls({ certFile, keyFile, now, clientAuthorities: async () => authorities });
  const endpoint: Endpoint = {
    serves: () => true,
    answer: async ({ socket }, response) => {
      response.end(socket instanceof TLSSocket && socket.authorized ? 'known' : 'unknown');
    },
  };
  const listener = await listen([endpoint], { host: '127.0.0.1', port: 0 }, { tls, tlsRefreshMs: 5 });
  onTestFinished(() => listener.close());
  const { cert: ca } = authority.authority;
  const ask = ({ cert, key }: Pick<Certificate, 'cert' | 'key'>) =>
    new Promise<string>((resolve, reject) => {
      get(listener.url, { ca, cert, key, agent: false }, (response) => resolve(text(response))).once('error', reject);
    });
  expect(await ask(caller)).toBe('unknown');
  authorities = strangers.authority.cert;
  await vi.waitFor(async () => expect(await ask(caller)).toBe('known'));
  expect(await ask(second)).toBe('unknown');
  authorities = ca;
  await vi.waitFor(async () => expect(await ask(second)).toBe('known'));
  expect(await ask(caller)).toBe('unknown');
});

test('ServingTls rejects what cannot be served with', async () => {
  const { second, certFile, keyFile, now } = files();
  const others = new ServingTls({ certFile, keyFile: second.keyFile, now });
  await expect(others.current()).rejects.toMatchObject({
    code: 'CREDENTIALS_FAILED',
    message: expect.stringContaining('found the key of another certificate'),
  });
  writeFileSync(certFile, 'no certificate');
  const none = new ServingTls({ certFile, keyFile, now });
  await expect(none.current()).rejects.toMatchObject({ code: 'CREDENTIALS_FAILED' });
  const missing = new ServingTls({ certFile: `${certFile}.none`, keyFile, now });
  await expect(listen([ENDPOINT], { host: '127.0.0.1', port: 0 }, { tls: missing })).rejects.toMatchObject({
    message: expect.stringContaining('tls.certFile'),
  });
});
