import { describe, expect, test } from 'vitest';
import { loadConfig } from '../config/load.ts';
import { SINKS } from '../sinks/index.ts';
import { stdoutSink } from '../sinks/stdout.ts';
import { configSchema } from './config.ts';

async function load(text: string, env: Record<string, string> = {}) {
  const { config } = await loadConfig({ schema: configSchema, file: 'config.yaml', text, env });
  return config;
}

describe('configSchema', () => {
  test('needs nothing', async () => {
    expect(await load('')).toEqual({
      from: 'clusters',
      clusters: [{}],
      retention: { hold: 1_073_741_824, minFreeSpace: 268_435_456 },
      sinks: [],
      routes: [],
      listen: { host: '127.0.0.1', port: 7780 },
      authentication: 'none',
      insecure: false,
      lookUpOwners: false,
      defaultWindow: 86_400_000,
      log: { level: 'info' },
    });
  });

  test('takes every setting', async () => {
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
sinks: [{ name: console, type: stdout, from: 1h, batch: { delay: 1s } }]
routes: [{ sinks: [console], continue: true }]
listen: 127.0.0.1:7780
metricsListen: 0.0.0.0:9090
proxy: { listen: '127.0.0.1:7781', cluster: prod }
log: { level: debug, format: pretty }
`;
    expect(await load(text)).toEqual({
      from: 'clusters',
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
      retention: { age: 7_776_000_000, hold: 1_073_741_824, minFreeSpace: 268_435_456 },
      sinks: [
        {
          name: 'console',
          definition: stdoutSink,
          from: { kind: 'ago', ms: 3_600_000 },
          batch: { records: 500, bytes: 1_048_576, delay: 1000 },
          settings: { enrich: false },
        },
      ],
      routes: [{ sinks: ['console'], labels: {}, redact: [], continue: true, routes: [] }],
      listen: { host: '127.0.0.1', port: 7780 },
      authentication: 'none',
      insecure: false,
      lookUpOwners: false,
      defaultWindow: 86_400_000,
      metricsListen: { host: '0.0.0.0', port: 9090 },
      proxy: { listen: { host: '127.0.0.1', port: 7781 }, cluster: 'prod' },
      log: { level: 'debug', format: 'pretty' },
    });
  });

  test('is set by the documented variables', async () => {
    const env = {
      TIDINGS_DATA: '/d',
      TIDINGS_LISTEN: '[::1]:1',
      TIDINGS_METRICS_LISTEN: ':2',
      TIDINGS_PROXY_LISTEN: '127.0.0.1:3',
      TIDINGS_RETENTION_AGE: '1d',
      TIDINGS_DEFAULT_WINDOW: '2h',
      TIDINGS_LOG_LEVEL: 'error',
      TIDINGS_LOG_FORMAT: 'json',
    };
    expect(await load('', env)).toEqual({
      from: 'clusters',
      clusters: [{}],
      data: '/d',
      listen: { host: '::1', port: 1 },
      authentication: 'none',
      insecure: false,
      lookUpOwners: false,
      defaultWindow: 7_200_000,
      metricsListen: { port: 2 },
      proxy: { listen: { host: '127.0.0.1', port: 3 } },
      retention: { age: 86_400_000, hold: 1_073_741_824, minFreeSpace: 268_435_456 },
      sinks: [],
      routes: [],
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
    [
      'sinks: [{ name: out, type: stdout }]\nroutes: [{ routes: [{ sinks: [oot, out] }] }]',
      '2:31: routes[0].routes[0].sinks[0]: found "oot", want the name of a sink; did you mean "out"?',
    ],
    [
      'sinks: [{ name: out, type: stdout }, { name: other, type: stdout }]\nroutes: [{ sinks: [out] }]',
      '1:38: sinks[1]: no route leads to it, want its name in the `sinks` of a route',
    ],
  ])('refuses %s', async (text, message) => {
    await expect(load(text)).rejects.toThrow(expect.objectContaining({ message: `config.yaml:${message}` }));
  });

  test('does not miss a route where a part of the file may have been misread', async () => {
    const text = "sinks: [{ name: out, type: stdout }]\nroutes: [{ labels: { a: 'b }, sinks: [out] }]\n";
    await expect(load(text)).rejects.toThrow(/^config\.yaml:3:1: not valid YAML: [^\n]*$/);
  });

  test('names the nearest type of sink, and finds no fault in a route to it', async () => {
    await expect(load('sinks: [{ name: out, type: stdoot }]\nroutes: [{ sinks: [out] }]')).rejects.toThrow(
      /^config\.yaml:1:28: sinks\[0\]\.type: found "stdoot", [^\n]*did you mean "stdout"\?$/,
    );
  });

  const examples = SINKS.flatMap(({ type, examples: own }) => own.map(({ title, config }) => [type, title, config]));

  test.each(examples)('loads the example of %s: %s', async (type, _title, config) => {
    const settings = `name: a\ntype: ${type}\n${config}`.trimEnd().replaceAll('\n', '\n    ');
    const variables = [...config.matchAll(/\$\{(\w+)/g)].map(([, name = '']) => [name, 'value']);
    const env = Object.fromEntries(variables) as Record<string, string>;
    expect((await load(`sinks:\n  - ${settings}\n`, env)).sinks).toHaveLength(1);
  });
});
