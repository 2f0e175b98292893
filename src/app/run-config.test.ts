import { join } from 'node:path';
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
    expect(config.retention).toEqual({ hold: { bytes: 2 ** 30, minFreeSpace: 2 ** 28 } });
  });

  test('takes environment variables where there is no flag', async () => {
    const env = {
      TIDINGS_DATA: '/e',
      TIDINGS_RETENTION_AGE: '90d',
      TIDINGS_RETENTION_SIZE: '10GiB',
      TIDINGS_METRICS_LISTEN: ':9090',
    };
    expect(await loadRunConfig({}, env)).toMatchObject({
      dataDir: '/e',
      retention: { ageMs: 90 * 86_400_000, size: 10 * 2 ** 30 },
      metricsListen: { port: 9090 },
    });
    expect((await loadRunConfig({ data: '/d' }, env)).dataDir).toBe('/d');
  });

  test('reads Kafka instead of clusters when it is told to, and wants to know which', async () => {
    const env = { TIDINGS_CONFIG: undefined };
    await expect(loadRunConfig({ from: 'kafka' }, env)).rejects.toThrow('want its brokers and topic');
    const file = join(import.meta.dirname, '../../examples/kafka/reader.yaml');
    const kafka = { brokers: ['127.0.0.1:9092'], topic: 'kubernetes-events', group: 'tidings-history' };
    expect(await loadRunConfig({ config: file }, env)).toMatchObject({ clusters: [], kafka });
    const watching = await loadRunConfig({ config: file, from: 'clusters' }, env);
    expect(watching.clusters).toHaveLength(1);
    expect(watching).not.toHaveProperty('kafka');
  });

  test('names the flag whose value cannot be used', async () => {
    await expect(loadRunConfig({ listen: 'everywhere' }, {})).rejects.toThrow(
      '--listen: found "everywhere", want an address',
    );
  });
});
