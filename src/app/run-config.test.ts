import { describe, expect, test } from 'vitest';
import { loadRunConfig } from './run-config.ts';

describe('loadRunConfig', () => {
  test('makes one cluster of the flags, and listens on loopback', () => {
    const config = loadRunConfig({ kubeconfig: '/k', context: 'prod', data: '/d' }, {});
    expect(config).toMatchObject({
      dataDir: '/d',
      clusters: [{ kubeconfig: '/k', context: 'prod' }],
      listen: { host: '127.0.0.1', port: 7780 },
    });
    expect(config).toMatchObject({ sinks: [], routes: [] });
    expect(config).not.toHaveProperty('metricsListen');
    expect(config).not.toHaveProperty('retentionAgeMs');
  });

  test('takes environment variables where there is no flag', () => {
    const env = { TIDINGS_DATA: '/e', TIDINGS_RETENTION_AGE: '90d', TIDINGS_METRICS_LISTEN: ':9090' };
    expect(loadRunConfig({}, env)).toMatchObject({
      dataDir: '/e',
      retentionAgeMs: 90 * 86_400_000,
      metricsListen: { port: 9090 },
    });
    expect(loadRunConfig({ data: '/d' }, env).dataDir).toBe('/d');
  });

  test('names the flag whose value cannot be used', () => {
    expect(() => loadRunConfig({ listen: 'everywhere' }, {})).toThrow('--listen: found "everywhere", want an address');
  });

  test('refuses to serve events to other machines while callers cannot be authenticated', () => {
    for (const listen of [':7780', '0.0.0.0:7780', '[::]:7780', '10.0.0.1:7780', 'example.com:7780']) {
      expect(() => loadRunConfig({ listen }, {})).toThrow('want an address of this machine alone');
    }
    expect(loadRunConfig({ listen: '[::1]:1' }, {}).listen).toEqual({ host: '::1', port: 1 });
    expect(loadRunConfig({ metricsListen: '0.0.0.0:1' }, {}).metricsListen).toEqual({ host: '0.0.0.0', port: 1 });
  });

  test('serves a day of events unless told otherwise', () => {
    expect(loadRunConfig({}, {}).windowMs).toBe(86_400_000);
    expect(loadRunConfig({ defaultWindow: '7d' }, {}).windowMs).toBe(7 * 86_400_000);
  });
});
