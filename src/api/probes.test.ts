import { describe, expect, onTestFinished, test } from 'vitest';
import { listen } from './listener.ts';
import { type Probes, probesEndpoint } from './probes.ts';

const WELL: Probes = {
  health: async () => {},
  readiness: async () => [{ name: 'store' }, { name: 'watch prod *' }],
  metrics: async () => 'up 1\n',
};

async function serve(probes: Partial<Probes> = {}): Promise<string> {
  const listener = await listen([probesEndpoint({ ...WELL, ...probes })], { host: '127.0.0.1', port: 0 });
  onTestFinished(() => listener.close());
  return listener.url;
}

describe('probesEndpoint', () => {
  test('answers health with 200 while it works and 500 with the reason when it does not', async () => {
    const url = await serve();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const broken = await serve({ health: () => Promise.reject(new Error('the collector did not answer')) });
    const response = await fetch(`${broken}/healthz`);
    expect(response.status).toBe(500);
    expect(await response.text()).toBe('the collector did not answer\n');
  });

  test('answers readiness with 503 and every check when one fails', async () => {
    const url = await serve({
      readiness: async () => [{ name: 'store', problem: 'no space left' }, { name: 'watch prod *' }],
    });
    const response = await fetch(`${url}/readyz?verbose`);
    expect(response.status).toBe(503);
    expect(await response.text()).toBe('[-] store: no space left\n[+] watch prod * ok\nnot ready\n');
  });

  test('answers readiness with 200 when all checks are well', async () => {
    const response = await fetch(`${await serve()}/readyz`);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('[+] store ok\n');
    const noted = await serve({ readiness: async () => [{ name: 'store', note: 'in memory' }] });
    expect(await (await fetch(`${noted}/readyz`)).text()).toBe('[+] store ok: in memory\nready\n');
  });

  test('serves metrics in the text format', async () => {
    const response = await fetch(`${await serve()}/metrics`);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await response.text()).toBe('up 1\n');
  });

  test('answers pages of others only where it is not for this machine alone', async () => {
    const headers = { origin: 'https://example.com' };
    expect((await fetch(`${await serve()}/metrics`, { headers })).status).toBe(200);
    const listener = await listen([probesEndpoint(WELL, { local: true })], { host: '127.0.0.1', port: 0 });
    onTestFinished(() => listener.close());
    expect((await fetch(`${listener.url}/metrics`, { headers })).status).toBe(403);
    expect((await fetch(`${listener.url}/metrics`)).status).toBe(200);
  });

  test('answers other paths with 404', async () => {
    expect((await fetch(`${await serve()}/metricsx`)).status).toBe(404);
  });

  test('rejects with LISTEN_FAILED and the address when it is taken', async () => {
    const { port } = new URL(await serve());
    const again = listen([probesEndpoint(WELL)], { host: '127.0.0.1', port: Number(port) });
    await expect(again).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
      message: `listen on 127.0.0.1:${port}: EADDRINUSE`,
    });
  });
});
