import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../../test/helpers/temporary-directory.ts';
import { otherServer } from './other-server.ts';

const CA = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

/** Of a cluster at https://api.example:6443, which is reached through a proxy. */
function kubeconfig(): string {
  const file = join(temporaryDirectory(), 'config');
  const config = {
    clusters: [
      {
        name: 'c',
        cluster: {
          server: 'https://api.example:6443',
          'certificate-authority-data': Buffer.from(CA).toString('base64'),
          'tls-server-name': 'kubernetes',
          'proxy-url': 'http://proxy.example:3128',
        },
      },
    ],
    users: [{ name: 'u', user: { token: 'secret' } }],
    contexts: [{ name: 'prod', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'prod',
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

describe('otherServer', () => {
  test('takes the user of the context, and the authorities of the system', async () => {
    const url = 'https://tidings.example:7780/';
    expect(await otherServer({ url, kubeconfig: kubeconfig(), env: {} })).toEqual({
      config: {
        server: 'https://tidings.example:7780',
        tls: { insecure: false },
        disableCompression: false,
        auth: { token: 'secret' },
      },
      credentials: 'the credentials of context "prod"',
    });
  });

  test('trusts the cluster too on the host of its API server, and behind it only the cluster', async () => {
    const beside = await otherServer({ url: 'https://api.example:7780', kubeconfig: kubeconfig(), env: {} });
    const { ca } = beside.config.tls;
    const pem = ca && 'data' in ca ? ca.data : '';
    expect(pem.endsWith(CA)).toBe(true);
    expect(pem.match(/BEGIN CERTIFICATE/g)?.length).toBeGreaterThan(10);
    expect(beside.config).not.toHaveProperty('proxyUrl');
    const path = '/api/v1/namespaces/tidings/services/https:tidings:7780/proxy';
    const behind = await otherServer({ url: `https://api.example:6443${path}`, kubeconfig: kubeconfig(), env: {} });
    expect(behind.config).toMatchObject({
      server: `https://api.example:6443${path}`,
      tls: { ca: { data: CA }, serverName: 'kubernetes' },
      proxyUrl: 'http://proxy.example:3128',
    });
  });

  test('sends nothing over plain HTTP, but a token file to this machine', async () => {
    const env = { HTTP_PROXY: 'http://proxy.example:3128' };
    const plain = await otherServer({ url: 'http://tidings.example:7780', kubeconfig: kubeconfig(), env });
    expect(plain).toMatchObject({ config: { auth: {}, proxyUrl: env.HTTP_PROXY }, credentials: 'no credentials' });
    const local = await otherServer({ url: 'http://127.0.0.1:7780', tokenFile: '/t', env });
    expect(local).toMatchObject({ config: { auth: { tokenFile: '/t' } }, credentials: 'the token of --token-file' });
    await expect(otherServer({ url: 'http://tidings.example', tokenFile: '/t', env })).rejects.toMatchObject({
      code: 'USAGE',
    });
  });

  test('goes without credentials where nobody says whom to be, but not for want of what is named', async () => {
    const nowhere = { url: 'https://tidings.example', env: {}, homeDir: temporaryDirectory() };
    const { config, credentials } = await otherServer({ ...nowhere, certificateAuthority: '/ca.crt' });
    expect({ tls: config.tls, auth: config.auth, credentials }).toEqual({
      tls: { insecure: false, ca: { file: '/ca.crt' } },
      auth: {},
      credentials: 'no credentials',
    });
    await expect(otherServer({ ...nowhere, context: 'prod' })).rejects.toMatchObject({ code: 'KUBECONFIG_INVALID' });
  });
});
