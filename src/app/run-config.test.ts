import { describe, expect, test } from 'vitest';
import { loadRunConfig } from './run-config.ts';

describe('loadRunConfig', () => {
  test('makes one cluster of the flags, and listens on loopback', async () => {
    const config = await loadRunConfig({ kubeconfig: '/k', context: 'prod', data: '/d' }, {});
    expect(config).toMatchObject({
      dataDir: '/d',
      clusters: [{ kubeconfig: '/k', context: 'prod' }],
      listen: { host: '127.0.0.1', port: 7780 },
    });
    expect(config).toMatchObject({ sinks: [], routes: [] });
    expect(config).not.toHaveProperty('metricsListen');
    expect(config).not.toHaveProperty('retentionAgeMs');
  });

  test('takes environment variables where there is no flag', async () => {
    const env = { TIDINGS_DATA: '/e', TIDINGS_RETENTION_AGE: '90d', TIDINGS_METRICS_LISTEN: ':9090' };
    expect(await loadRunConfig({}, env)).toMatchObject({
      dataDir: '/e',
      retentionAgeMs: 90 * 86_400_000,
      metricsListen: { port: 9090 },
    });
    expect((await loadRunConfig({ data: '/d' }, env)).dataDir).toBe('/d');
  });

  test('names the flag whose value cannot be used', async () => {
    await expect(loadRunConfig({ listen: 'everywhere' }, {})).rejects.toThrow(
      '--listen: found "everywhere", want an address',
    );
  });
});
