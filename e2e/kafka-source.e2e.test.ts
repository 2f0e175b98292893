/** One Tidings writes to a topic, another reads it into its store. */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Admin, Producer } from '@platformatic/kafka';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { LogPage } from '../src/component/log.ts';
import { parseTidingsRecord } from '../src/formats/tidings-record.ts';
import { Ingest } from '../src/pipeline/ingest.ts';
import { kafkaSink } from '../src/sinks/kafka.ts';
import { createKafkaSource } from '../src/sources/kafka/source.ts';
import { openSqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { createLogger } from '../src/telemetry/log.ts';
import { createMetrics } from '../src/telemetry/metrics.ts';
import { openSink } from '../test/helpers/open-sink.ts';
import { runKubectl } from './helpers/cluster.ts';
import { lacking, lackingServers } from './helpers/require-component.ts';
import { useServer } from './helpers/server.ts';
import { temporaryDirectory } from './helpers/temporary-directory.ts';
import { RunningTidings } from './helpers/tidings.ts';
import { startKafka } from './servers/kafka.ts';

describe.skipIf(lackingServers('kafka'))('a topic as a source', () => {
  const kafka = useServer(startKafka);

  async function createTopic(): Promise<string> {
    const topic = randomUUID();
    const admin = new Admin({ clientId: 'test', bootstrapBrokers: [kafka().plainBroker] });
    await admin.createTopics({ topics: [topic], partitions: 3, replicas: 1 });
    await admin.close();
    return topic;
  }

  async function produce(topic: string, value: string): Promise<void> {
    const producer = new Producer({ clientId: 'test', bootstrapBrokers: [kafka().plainBroker] });
    await producer.send({ acks: -1, messages: [{ topic, partition: 0, value: Buffer.from(value) }] });
    await producer.close();
  }

  /** Delivers records of this many events from the number on, one call, whatever it takes. */
  async function write(topic: string, count: number) {
    const { deliver } = await openSink(kafkaSink, `brokers: ["${kafka().plainBroker}"]\ntopic: ${topic}\n`);
    await vi.waitFor(async () => expect((await deliver(count)).every(({ status }) => status === 'ok')).toBe(true), {
      timeout: 60_000,
    });
  }

  function reader(topic: string) {
    const directory = temporaryDirectory();
    const logged: string[] = [];
    const logger = createLogger({ format: 'json', level: 'info', destination: { write: (line) => logged.push(line) } });
    const store = openSqliteStore({ path: join(directory.path, 'store'), logger });
    onTestFinished(async () => {
      await store.close();
      directory.remove();
    });
    const all = async (): Promise<LogPage> => store.read(await store.beginning(), { limit: 1_000 });
    const start = () => {
      const metrics = createMetrics();
      const ingest = new Ingest({ log: store, logger, metrics });
      const taken: bigint[] = [];
      let skipped = 0;
      const source = createKafkaSource({
        config: { brokers: [kafka().plainBroker], topic, group: 'store', clientId: 'test' },
        parse: parseTidingsRecord,
        intake: ingest,
        logger,
        metrics: { received: (bytes) => taken.push(BigInt(bytes)), skipped: () => skipped++ },
      });
      const stopping = new AbortController();
      const running = source.run(stopping.signal);
      const stop = async () => {
        stopping.abort();
        await running;
        await ingest.close();
      };
      return { source, stop, received: () => taken.length, skipped: () => skipped };
    };
    return { start, all, logged, store };
  }

  test('stores what was written as it was, skips what is no record, and goes on where it stopped', async () => {
    const topic = await createTopic();
    await produce(topic, 'no record');
    await write(topic, 50);
    const { start, all, logged, store } = reader(topic);
    const first = start();
    await vi.waitFor(async () => expect((await all()).records).toHaveLength(50), { timeout: 30_000 });
    expect(first.skipped()).toBe(1);
    expect(logged.join('')).toMatch(new RegExp(`"topic":"${topic}","partition":0,"offset":"0"`));
    expect(first.source.status()).toMatchObject([{ state: 'watching', scope: topic }]);
    const [record] = (await all()).records;
    expect((await store.register({ name: record?.cluster ?? '' })).positions.size).toBe(0);
    // Written again: the key tells.
    await write(topic, 50);
    await vi.waitFor(() => expect(first.received()).toBe(101), { timeout: 30_000 });
    await first.stop();
    expect((await all()).records).toHaveLength(50);

    await write(topic, 51);
    const second = start();
    await vi.waitFor(async () => expect((await all()).records).toHaveLength(51), { timeout: 30_000 });
    await second.stop();
    expect(second.received()).toBe(51);

    // Another store of the same group: nothing is lost to it.
    const another = reader(topic);
    const third = another.start();
    await vi.waitFor(async () => expect((await another.all()).records).toHaveLength(51), { timeout: 30_000 });
    expect((await another.all()).records).toEqual(expect.arrayContaining([...(await all()).records]));
    await third.stop();
  });

  test.skipIf(lacking('kubectl'))('is read by kubectl from the Tidings that keeps it', async () => {
    const topic = await createTopic();
    await write(topic, 30);
    const directory = temporaryDirectory();
    const config = join(directory.path, 'tidings.yaml');
    writeFileSync(config, `from: kafka\nkafka: {brokers: ["${kafka().plainBroker}"], topic: ${topic}, group: read}\n`);
    const tidings = new RunningTidings({ dataDir: join(directory.path, 'data'), args: ['--config', config] });
    onTestFinished(async () => {
      await tidings.stop();
      directory.remove();
    });
    await tidings.start();
    const server = `${tidings.url}/window/all`;
    const names = async () =>
      (await runKubectl('/dev/null', ['--server', server, 'get', 'events', '-A', '-o', 'name'])).trim();
    await vi.waitFor(async () => expect((await names()).split('\n')).toHaveLength(30), { timeout: 30_000 });
  });

  test('reads partitions that are added, and a topic that was made anew from its beginning', async () => {
    const topic = await createTopic();
    await write(topic, 20);
    const { start, all, logged } = reader(topic);
    const running = start();
    await vi.waitFor(async () => expect((await all()).records).toHaveLength(20), { timeout: 30_000 });
    const admin = new Admin({ clientId: 'test', bootstrapBrokers: [kafka().plainBroker] });
    onTestFinished(() => admin.close());
    await admin.createPartitions({ topics: [{ name: topic, count: 6, assignments: null }] });
    await write(topic, 40);
    await vi.waitFor(async () => expect((await all()).records).toHaveLength(40), { timeout: 30_000 });
    await admin.deleteTopics({ topics: [topic] });
    await vi.waitFor(() => expect(logged.join('')).toContain('Unknown topic'), { timeout: 60_000 });
    await admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 });
    await write(topic, 60);
    await vi.waitFor(async () => expect((await all()).records).toHaveLength(60), { timeout: 60_000 });
    await running.stop();
  });

  test('goes on after the broker was killed', async () => {
    const topic = await createTopic();
    await write(topic, 10);
    const { start, all } = reader(topic);
    const running = start();
    await vi.waitFor(async () => expect((await all()).records).toHaveLength(10), { timeout: 30_000 });
    await kafka().kill();
    await kafka().restart();
    await write(topic, 20);
    await vi.waitFor(async () => expect((await all()).records).toHaveLength(20), { timeout: 90_000 });
    await running.stop();
  }, 180_000);
});
