/**
 * What sinks promise, held against the servers they write to: everything that is stored arrives, also when the server is
 * killed while it does, and what is wrong is said in one line. `EVENTS=100000` makes it more.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { messageOf } from '../src/core/errors.ts';
import { lokiSink } from '../src/sinks/loki.ts';
import { opensearchSink } from '../src/sinks/opensearch.ts';
import { openSink } from '../test/helpers/open-sink.ts';
import { lackingServers } from './helpers/require-component.ts';
import { useServer } from './helpers/server.ts';
import { BATCH, deliver, problemsOf } from './helpers/server-delivery.ts';
import {
  kafkaDestination,
  lokiDestination,
  otlpDestination,
  searchDestination,
} from './helpers/server-destinations.ts';
import { testDirectory } from './helpers/suite.ts';
import { startElasticsearch } from './servers/elasticsearch.ts';
import { startKafka } from './servers/kafka.ts';
import { startLoki } from './servers/loki.ts';
import { startOpenSearch } from './servers/opensearch.ts';
import { startOtelCollector } from './servers/otel-collector.ts';
import type { RunningServer } from './servers/running-server.ts';

const EVENTS = Number(process.env['EVENTS'] ?? 10_000);

const killed = (server: () => RunningServer) => ({
  end: () => server().kill(),
  restart: () => server().restart(),
});

const COMPLETE = { stored: EVENTS, missing: [], unknown: [] };

const oneLine = (pattern: string) => expect.stringMatching(new RegExp(`^error: test sink ".*": .*${pattern}.*\\n$`));

describe.each([
  // The one that is built for these tests has no module rest-root, which answers `GET /`.
  ['elasticsearch', startElasticsearch, /: 405 /],
  ['opensearch', startOpenSearch, /^cluster \S+ is opensearch \d+\./],
] as const)('%s', (name, start, whatItIs) => {
  describe.skipIf(lackingServers(name))('as a destination', () => {
    const server = useServer(start);

    test('says what it is when it is checked', async () => {
      const { sink } = await openSink(opensearchSink, `hosts: ["${server().url}"]`);
      const checked = sink.check?.(new AbortController().signal).catch(messageOf);
      expect(await checked).toMatch(whatItIs);
    });

    test('has each record once, also after it was killed', async () => {
      const destination = searchDestination(name, server());
      expect(await deliver(destination, EVENTS, killed(server))).toEqual({ ...COMPLETE, repeated: 0 });
    });

    test('says what is wrong', async () => {
      const { url } = server();
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ persistent: { 'action.auto_create_index': 'false' } });
      expect((await fetch(`${url}/_cluster/settings`, { method: 'PUT', headers, body })).ok).toBe(true);
      const sink = { type: name, indexTemplate: false };
      expect(
        await problemsOf({
          missing: { ...sink, hosts: [url], index: 'missing' },
          tls: { ...sink, hosts: [url.replace('http:', 'https:')] },
          path: { ...sink, hosts: [`${url}/nowhere`] },
        }),
      ).toEqual({ missing: oneLine('missing'), tls: oneLine('TLS'), path: oneLine('nowhere') });
    });
  });
});

describe.skipIf(lackingServers('loki'))('loki as a destination', () => {
  const loki = useServer(startLoki);

  test('is well when it is checked', async () => {
    const { sink } = await openSink(lokiSink, `url: ${loki().url}`);
    expect(await sink.check?.(new AbortController().signal)).toBe('it takes what this tenant pushes');
  });

  test('has each record once, also after it was killed', async () => {
    const destination = lokiDestination(loki());
    expect(await deliver(destination, EVENTS, killed(loki))).toEqual({ ...COMPLETE, repeated: 0 });
  });

  test('says what is wrong', async () => {
    const { url } = loki();
    expect(
      await problemsOf({
        tls: { type: 'loki', url: url.replace('http:', 'https:') },
        path: { type: 'loki', url: `${url}/nowhere` },
      }),
    ).toEqual({ tls: oneLine('TLS'), path: oneLine('404') });
  });
});

describe.skipIf(lackingServers('otelcol'))('an OpenTelemetry Collector as a destination', () => {
  const collector = useServer(startOtelCollector);

  test('has each record, also after it was stopped', async () => {
    // It acknowledges before it writes: a kill would lose what Tidings can no longer know of.
    const { repeated, ...delivered } = await deliver(otlpDestination(collector()), EVENTS, {
      end: () => collector().stop(),
      restart: () => collector().restart(),
    });
    expect(delivered).toEqual(COMPLETE);
    // As many batches as are under way at a time.
    expect(repeated).toBeLessThanOrEqual(4 * BATCH);
  });

  test('says what is wrong', async () => {
    const { httpUrl, grpcUrl } = collector();
    expect(
      await problemsOf({
        tls: { type: 'otlp', url: httpUrl.replace('http:', 'https:') },
        path: { type: 'otlp', url: `${httpUrl}/nowhere` },
        grpc: { type: 'otlp', url: grpcUrl },
      }),
    ).toEqual({ tls: oneLine('TLS'), path: oneLine('404'), grpc: oneLine('') });
  });
});

describe.skipIf(lackingServers('kafka'))('kafka as a destination', () => {
  const kafka = useServer(startKafka);

  test('has each record, at most one batch of them twice, also after it was killed', async () => {
    const destination = await kafkaDestination(kafka());
    const { repeated, ...delivered } = await deliver(destination, EVENTS, killed(kafka));
    expect(delivered).toEqual(COMPLETE);
    expect(repeated).toBeLessThanOrEqual(BATCH);
  });

  test('says what is wrong', async () => {
    const { plainBroker, secureBroker, ca, username, password } = kafka();
    const caFile = join(testDirectory(), 'ca.crt');
    writeFileSync(caFile, ca);
    const sasl = { mechanism: 'SCRAM-SHA-512', username, password };
    const secure = { type: 'kafka', brokers: [secureBroker], topic: 'events', tls: { caFile }, sasl };
    const problems = await problemsOf({
      topic: { type: 'kafka', brokers: [plainBroker], topic: 'missing' },
      password: { ...secure, sasl: { ...sasl, password: 'not-the-password' } },
      authority: { ...secure, tls: {} },
      'without-tls': { type: 'kafka', brokers: [secureBroker], topic: 'events' },
      'without-need': { type: 'kafka', brokers: [plainBroker], topic: 'events', tls: { caFile } },
    });
    expect(problems).toEqual({
      topic: oneLine('Unknown topic missing'),
      password: oneLine('SASL authentication failed'),
      authority: oneLine('tls.caFile names the authorities to trust'),
      'without-tls': oneLine('requires TLS'),
      'without-need': oneLine('verify the broker supports TLS'),
    });
    expect(JSON.stringify(problems)).not.toContain('not-the-password');
  });
});
