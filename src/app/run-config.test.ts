import { join } from 'node:path';
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
    expect(config.retention).toEqual({ hold: { bytes: 2 ** 30, minFreeSpace: 2 ** 28 } });
  });

  test('takes environment variables where there is no flag', () => {
    const env = {
      TIDINGS_DATA: '/e',
      TIDINGS_RETENTION_AGE: '90d',
      TIDINGS_RETENTION_SIZE: '10GiB',
      TIDINGS_METRICS_LISTEN: ':9090',
    };
    expect(loadRunConfig({}, env)).toMatchObject({
      dataDir: '/e',
      retention: { ageMs: 90 * 86_400_000, size: 10 * 2 ** 30 },
      metricsListen: { port: 9090 },
    });
    expect(loadRunConfig({ data: '/d' }, env).dataDir).toBe('/d');
  });

  test('reads Kafka instead of clusters when it is told to, and wants to know which', () => {
    const env = { TIDINGS_CONFIG: undefined };
    expect(() => loadRunConfig({ from: 'kafka' }, env)).toThrow('want its brokers and topic');
    const file = join(import.meta.dirname, '../../examples/kafka/reader.yaml');
    const kafka = { brokers: ['127.0.0.1:9092'], topic: 'kubernetes-events', group: 'tidings-history' };
    expect(loadRunConfig({ config: file }, env)).toMatchObject({ clusters: [], kafka });
    const watching = loadRunConfig({ config: file, from: 'clusters' }, env);
    expect(watching.clusters).toHaveLength(1);
    expect(watching).not.toHaveProperty('kafka');
  });

  test('names the flag whose value cannot be used', () => {
    expect(() => loadRunConfig({ listen: 'everywhere' }, {})).toThrow('--listen: found "everywhere", want an address');
  });
});
