/** The sink against a real broker. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Admin, Consumer } from '@platformatic/kafka';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseTidingsRecord } from '../src/formats/tidings-record.ts';
import { kafkaSink } from '../src/sinks/kafka.ts';
import { revision } from '../test/contract/event-arbitrary.ts';
import { messageNumber, messageOf, openSink } from '../test/helpers/open-sink.ts';
import { lackingServers } from './helpers/require-component.ts';
import { useServer } from './helpers/server.ts';
import { startKafka } from './servers/kafka.ts';

const ACCEPTED = { status: 'ok' };
const never = new AbortController().signal;

describe.skipIf(lackingServers('kafka'))('kafka against a real broker', () => {
  const kafka = useServer(startKafka);

  async function createTopic(configs: { name: string; value: string }[] = []): Promise<string> {
    const topic = randomUUID();
    const admin = new Admin({ clientId: 'test', bootstrapBrokers: [kafka().plainBroker] });
    await admin.createTopics({ topics: [topic], partitions: 3, replicas: 1, configs });
    await admin.close();
    return topic;
  }

  const plain = (topic: string, more = '') =>
    openSink(kafkaSink, `brokers: ["${kafka().plainBroker}"]\ntopic: ${topic}\n${more}`);

  function secure(topic: string, mechanism: string, password = kafka().password) {
    const directory = mkdtempSync(join(tmpdir(), 'tidings-kafka-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const caFile = join(directory, 'ca.crt');
    writeFileSync(caFile, kafka().ca);
    const { secureBroker, username } = kafka();
    return openSink(
      kafkaSink,
      `brokers: ["${secureBroker}"]
topic: ${topic}
tls: {caFile: ${caFile}}
sasl: {mechanism: ${mechanism}, username: ${username}, password: ${password}}
`,
    );
  }

  /** Everything of a topic from its beginning, until `isDone` has seen enough. */
  async function read(topic: string, isDone: (read: ReadonlySet<string>) => boolean) {
    const consumer = new Consumer({
      clientId: 'test',
      groupId: randomUUID(),
      bootstrapBrokers: [kafka().plainBroker],
    });
    const messages = await consumer.consume({ topics: [topic], mode: 'earliest', maxWaitTime: 100 });
    const found: { key: string; partition: number; id: string; value: string }[] = [];
    const ids = new Set<string>();
    for await (const { key, value, headers, partition } of messages) {
      const named = new Map([...headers].map((pair) => [String(pair[0]), String(pair[1])]));
      const id = named.get('tidings-key') ?? '';
      found.push({ key: String(key), partition, id, value: String(value) });
      if (isDone(ids.add(id))) break;
    }
    await consumer.close(true);
    return found;
  }

  /** So many revisions of a hundred objects, in the order of the log. */
  const revisions = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      messageOf(revision({ event: index, resourceVersion: index + 1, second: index, count: 1, object: index % 100 })),
    );

  test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])(
    'reads ten thousand records back as they were, in order for each object, compressed by %s',
    async (compression) => {
      const topic = await createTopic();
      const { sink, limits } = await plain(topic, `compression: ${compression}\n`);
      const messages = revisions(10_000);
      for (let start = 0; start < messages.length; start += limits.maxRecords) {
        const batch = messages.slice(start, start + limits.maxRecords).map((message) => sink.encode(message).value);
        expect(await sink.deliver(batch, never)).toEqual(batch.map(() => ACCEPTED));
      }
      const found = await read(topic, ({ size }) => size === messages.length);
      expect(found).toHaveLength(messages.length);
      const written = Map.groupBy(messages, ({ record }) => String(record.subject.name));
      const back = Map.groupBy(
        found.map(({ value }) => parseTidingsRecord(value)),
        ({ subject }) => String(subject.name),
      );
      expect(back.size).toBe(100);
      for (const [name, records] of back) expect(records).toEqual(written.get(name)?.map(({ record }) => record));
      expect(new Set(found.map(({ partition }) => partition)).size).toBe(3);
    },
  );

  test('loses nothing and turns nothing round when the broker is killed and comes back', async () => {
    const topic = await createTopic();
    const { sink } = await plain(topic);
    const messages = revisions(5_000);
    let restarted: Promise<void> | undefined;
    const failures: string[] = [];
    for (let start = 0; start < messages.length; ) {
      const batch = messages.slice(start, start + 100).map((message) => sink.encode(message).value);
      const delivery = sink.deliver(batch, never);
      if (start === 2_000 && !restarted)
        restarted = kafka()
          .kill()
          .then(() => kafka().restart());
      const outcomes = await delivery;
      if (outcomes.every(({ status }) => status === 'ok')) start += 100;
      else failures.push(...outcomes.map(({ status }) => status));
    }
    await restarted;
    expect(new Set(failures)).toEqual(new Set(['retry']));
    const found = await read(topic, ({ size }) => size === messages.length);
    // A batch may be there twice: what counts is the first time.
    const first = new Map(found.toReversed().map((message) => [message.id, message]));
    const order = [...new Set(found.map(({ id }) => id))].map((id) => first.get(id));
    const place = new Map(messages.map(({ key }, index) => [key, index]));
    for (const [, ofObject] of Map.groupBy(order, (message) => message?.key)) {
      const places = ofObject.map((message) => place.get(message?.id ?? ''));
      expect(places).toEqual(places.toSorted((a, b) => Number(a) - Number(b)));
    }
  });

  test.each(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'])(
    'is let in by %s over TLS, and says so when it is not, without the password',
    async (mechanism) => {
      const topic = await createTopic();
      const right = await secure(topic, mechanism);
      expect(await right.deliver()).toEqual([ACCEPTED]);
      const wrong = await secure(topic, mechanism, 'not-the-password');
      const outcomes = await wrong.deliver();
      expect(outcomes).toMatchObject([{ status: 'retry', reason: 'unauthorized' }]);
      expect(JSON.stringify([outcomes, wrong.logged])).not.toContain('not-the-password');
    },
  );

  test('waits for a topic that is missing, and goes on when it is there', async () => {
    const topic = randomUUID();
    const { deliver, sink } = await plain(topic);
    expect(await deliver()).toMatchObject([{ status: 'retry', reason: 'not_found' }]);
    await expect(sink.check?.(never)).rejects.toThrow(`Unknown topic ${topic}`);
    const admin = new Admin({ clientId: 'test', bootstrapBrokers: [kafka().plainBroker] });
    await admin.createTopics({ topics: [topic], partitions: 2, replicas: 1 });
    await admin.close();
    expect(await deliver()).toEqual([ACCEPTED]);
    expect(await sink.check?.(never)).toBe(`topic ${topic} has 2 partitions`);
  });

  test('gives up one record that is too large, and delivers those around it', async () => {
    const topic = await createTopic([{ name: 'max.message.bytes', value: '20000' }]);
    const { sink } = await plain(topic);
    const large = messageNumber(1);
    const { body } = large.record;
    const messages = [
      messageNumber(0),
      { ...large, record: { ...large.record, body: { ...body, message: 'x'.repeat(50_000) } } },
      messageNumber(2),
    ];
    const batch = messages.map((message) => sink.encode(message).value);
    expect(await sink.deliver(batch, never)).toMatchObject([
      ACCEPTED,
      { status: 'reject', reason: 'too_large' },
      ACCEPTED,
    ]);
    const found = await read(topic, ({ size }) => size === 2);
    expect(new Set(found.map(({ id }) => id))).toEqual(new Set([messages[0]?.key, messages[2]?.key]));
  });
});
