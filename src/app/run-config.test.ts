import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadRunConfig, type RunFlags } from './run-config.ts';

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

  test('refuses to serve others without TLS and authentication, unless that is wanted', async () => {
    const tls = { tlsCertFile: '/tls.crt', tlsPrivateKeyFile: '/tls.key' };
    const wanted = 'want an address of this machine alone, such as 127.0.0.1:7780, or ';
    const authentication = '`authentication: kubernetes` or a readTokenFile';
    for (const listen of [':7780', '0.0.0.0:7780', '[::]:7780', '10.0.0.1:7780', 'example.com:7780']) {
      const problem = (flags: RunFlags) =>
        loadRunConfig({ listen, ...flags }, {}).then(
          () => '',
          ({ message }: Error) => message,
        );
      const found = `--listen: found ${JSON.stringify(listen)}, ${wanted}`;
      expect(await problem({})).toBe(`${found}tls, and ${authentication}, or \`insecure: true\``);
      expect(await problem(tls)).toBe(`${found}${authentication}, or \`insecure: true\``);
      expect(await problem({ authentication: 'kubernetes' })).toBe(`${found}tls, or \`insecure: true\``);
      expect(await problem({ readTokenFile: '/token', insecure: false })).toBe(`${found}tls, or \`insecure: true\``);
      expect(await problem({ ...tls, readTokenFile: '/token' })).toBe('');
      expect(await problem({ ...tls, authentication: 'kubernetes' })).toBe('');
      expect(await problem({ insecure: true })).toBe('');
    }
    const { listen, metricsListen } = await loadRunConfig({ listen: '[::1]:1', metricsListen: '0.0.0.0:1' }, {});
    expect(listen).toEqual({ host: '::1', port: 1 });
    expect(metricsListen).toEqual({ host: '0.0.0.0', port: 1 });
  });

  test('refuses to stand in front of an API server for others without TLS', async () => {
    const proxy = { proxyListen: '0.0.0.0:7781' };
    const wanted = 'want an address of this machine alone, such as 127.0.0.1:7780, or tls, or `insecure: true`';
    await expect(loadRunConfig(proxy, {})).rejects.toThrow(`--proxy-listen: found "0.0.0.0:7781", ${wanted}`);
    const tls = { tlsCertFile: '/tls.crt', tlsPrivateKeyFile: '/tls.key' };
    for (const more of [tls, { insecure: true }]) {
      expect(await loadRunConfig({ ...proxy, ...more }, {})).toHaveProperty('proxy.listen.port', 7781);
    }
  });

  test('asks for authentication where it is wanted, and wants somebody to ask', async () => {
    expect(await loadRunConfig({}, {})).not.toHaveProperty('authentication');
    const flags = { authentication: 'kubernetes', readTokenFile: '/token', tlsCertFile: '/a', tlsPrivateKeyFile: '/b' };
    expect(await loadRunConfig(flags, {})).toMatchObject({
      authentication: 'kubernetes',
      readTokenFile: '/token',
      tls: { certFile: '/a', keyFile: '/b' },
    });
    await expect(loadRunConfig({ tlsCertFile: '/a' }, {})).rejects.toThrow('keyFile');
    const written = {
      name: 'test',
      text: 'from: kafka\nkafka: {brokers: [a:1], topic: t}\nauthentication: kubernetes\n',
    };
    await expect(loadRunConfig({}, {}, written)).rejects.toThrow('want clusters whose API servers can be asked');
  });

  test('serves a day of events unless told otherwise', async () => {
    expect((await loadRunConfig({}, {})).windowMs).toBe(86_400_000);
    expect((await loadRunConfig({ defaultWindow: '7d' }, {})).windowMs).toBe(7 * 86_400_000);
  });
});
