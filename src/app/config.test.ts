import { describe, expect, test } from 'vitest';
import { loadConfig } from '../config/load.ts';
import { configSchema } from './config.ts';

function load(text: string, env: Record<string, string> = {}) {
  return loadConfig({ schema: configSchema, file: 'config.yaml', text, env });
}

describe('configSchema', () => {
  test('needs nothing', () => {
    expect(load('')).toEqual({
      clusters: [{}],
      retention: {},
      listen: { host: '127.0.0.1', port: 7780 },
      log: { level: 'info' },
    });
  });

  test('takes every setting', () => {
    const text = `
clusters:
  - name: prod
    kubeconfig: /etc/tidings/kubeconfig
    context: prod-admin
    namespaces: [shop, payments]
    eventTTL: 1h
  - server: http://127.0.0.1:8001
data: /var/lib/tidings
retention: { age: 90d }
listen: 127.0.0.1:7780
metricsListen: 0.0.0.0:9090
log: { level: debug, format: pretty }
`;
    expect(load(text)).toEqual({
      clusters: [
        {
          name: 'prod',
          kubeconfig: '/etc/tidings/kubeconfig',
          context: 'prod-admin',
          namespaces: ['shop', 'payments'],
          eventTTL: 3_600_000,
        },
        { server: 'http://127.0.0.1:8001' },
      ],
      data: '/var/lib/tidings',
      retention: { age: 7_776_000_000 },
      listen: { host: '127.0.0.1', port: 7780 },
      metricsListen: { host: '0.0.0.0', port: 9090 },
      log: { level: 'debug', format: 'pretty' },
    });
  });

  test('is set by the documented variables', () => {
    const env = {
      TIDINGS_DATA: '/d',
      TIDINGS_LISTEN: ':1',
      TIDINGS_METRICS_LISTEN: ':2',
      TIDINGS_RETENTION_AGE: '1d',
      TIDINGS_LOG_LEVEL: 'error',
      TIDINGS_LOG_FORMAT: 'json',
    };
    expect(load('', env)).toEqual({
      clusters: [{}],
      data: '/d',
      listen: { port: 1 },
      metricsListen: { port: 2 },
      retention: { age: 86_400_000 },
      log: { level: 'error', format: 'json' },
    });
  });

  test.each([
    [
      'clusters: []',
      '1:1: clusters: found an empty list, want at least one cluster, or no such key for the current context',
    ],
    ['clusters: [{ name: a }, { name: a }]', '1:25: clusters[1]: the name of clusters[0] again, want another'],
    [
      'clusters: [{ name: Prod }]',
      '1:20: clusters[0].name: found "Prod", want up to 63 of the characters a-z 0-9 . _ -, in quotes when all are digits',
    ],
    [
      'clusters: [{ server: "http://x", context: a }]',
      '1:12: clusters[0]: server is set together with kubeconfig or context, want one or the other',
    ],
    [
      'clusters: [{ namespaces: [] }]',
      '1:14: clusters[0].namespaces: found an empty list, want at least one namespace, or no such key for all',
    ],
    [
      'clusters: [{ namespaces: [Shop] }]',
      '1:27: clusters[0].namespaces[0]: found "Shop", want a namespace of lower-case letters, digits and "-", in quotes when all are digits',
    ],
    ['clusters: [{ namespace: [shop] }]', '1:14: clusters[0].namespace: unknown key, did you mean "namespaces"?'],
    ['retention: { age: ninety days }', '1:19: retention.age: found "ninety days", want a duration such as 90d or 12h'],
  ])('refuses %s', (text, message) => {
    expect(() => load(text)).toThrow(expect.objectContaining({ message: `config.yaml:${message}` }));
  });
});
