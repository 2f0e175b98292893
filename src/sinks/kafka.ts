/**
 * Sends records to a topic of Kafka, acknowledged by every replica in sync (https://kafka.apache.org/43/design/protocol/).
 * The key of a message is the involved object, so what happens to an object stays in one partition and in order there,
 * unless another key is chosen.
 * One request is under way at a time and the producer is idempotent: what the client repeats by itself is stored once.
 * What Tidings sends again, after a failure or a crash, may be there twice, with the same `tidings-key` header.
 */
import type { Producer } from '@platformatic/kafka';
import * as v from 'valibot';
import { defineSink, type Outcome } from '../component/sink.ts';
import { choice, flag, map, string } from '../config/fields.ts';
import { kafkaClientOptions, kafkaConnectionConfig } from '../config/kafka-connection.ts';
import { TlsFiles, type TlsOptions } from '../config/tls-files.ts';
import type { EventRecord } from '../core/record.ts';
import { cloudEventKafkaHeaders } from '../formats/cloud-event.ts';
import { createHeadedFormat, headedFormatConfig } from '../formats/headed-format.ts';
import { unlessAborted } from '../util/unless-aborted.ts';
import { kafkaOutcome } from './_kafka-outcome.ts';
import type { Place } from './_kafka-places.ts';
import { splitBatch } from './_split-batch.ts';
import { writeToStandardOutput } from './_standard-output.ts';

const config = {
  ...kafkaConnectionConfig,
  createTopic: v.optional(
    flag(
      'Whether a topic that does not exist is asked for all the same: brokers create it then, unless their `auto.create.topics.enable` is off.',
    ),
    false,
  ),
  ...headedFormatConfig,
  key: v.optional(
    choice(
      ['object', 'event'],
      'The key of a message, which decides the partition: `object` the cluster, namespace, kind and name of the involved object, `event` the UID of the event.',
    ),
    'object',
  ),
  echo: v.optional(
    flag(
      'Whether each message is also written to standard output once it is acknowledged: a line of `send:  ` and the value, then one of `pid:` and its partition, `offset:` and its offset.',
    ),
    false,
  ),
  headers: v.optional(map(string('The value of a header.'), 'Headers that every message gets.', { unset: 'none' }), {}),
  compression: v.optional(choice(['none', 'gzip', 'snappy', 'lz4', 'zstd'], 'How batches are compressed.'), 'none'),
};

interface Item {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly headers: ReadonlyMap<Buffer, Buffer>;
}

const OK: Outcome = { status: 'ok' };

/**
 * A broker takes batches of 1,048,588 bytes by default, heads of records and batch included:
 * https://kafka.apache.org/43/configuration/broker-configs/#brokerconfigs_message.max.bytes
 */
const LIMITS = { maxRecords: 1_000, maxBytes: 900_000 };
/** The most that stands before the parts of a message, and the least that an item counts for. */
const RECORD_OVERHEAD = 32;

export const kafkaSink = defineSink({
  type: 'kafka',
  summary: 'Sends records to a topic of Kafka.',
  delivery:
    'At least once, and in order for each object: its cluster, namespace, kind and name are the key, which decides the partition. With `key: event` that holds for each event. The header `tidings-key` is the same whenever a record is sent.',
  config,
  limits: LIMITS,
  // The client numbers what it sends; with one request at a time, a failed one leaves no gap in the numbers of others.
  concurrency: 1,
  examples: [
    {
      title: 'Events for whoever reads the topic, another Tidings among them',
      config: 'brokers: [kafka.example.com:9092]\ntopic: kubernetes-events\ncompression: zstd\n',
    },
    {
      title: 'With TLS and a password',
      config: `brokers: [kafka-0.example.com:9093, kafka-1.example.com:9093]
topic: kubernetes-events
tls: {}
sasl:
  mechanism: SCRAM-SHA-512
  username: tidings
  password: \${KAFKA_PASSWORD}
`,
    },
  ],
  async create(settings, context) {
    const { topic } = settings;
    const format = createHeadedFormat(settings, context, cloudEventKafkaHeaders);
    const connection = new Connection(settings);
    const fixed = headersOf({ ...settings.headers, 'content-type': format.contentType });
    const fixedBytes = RECORD_OVERHEAD + bytesOf(fixed);

    const send = async (items: readonly Item[], signal: AbortSignal): Promise<readonly Outcome[] | 'split'> => {
      try {
        const places = await connection.send(items, signal);
        // Delivered they are, whether or not somebody reads of it.
        if (settings.echo) await unlessAborted(echo(items, places), signal).catch(() => {});
        return items.map(() => OK);
      } catch (error) {
        signal.throwIfAborted();
        const outcome = kafkaOutcome(error, topic);
        // Which of them it is, the broker need not say.
        return outcome.status === 'retry' || items.length === 1 ? items.map(() => outcome) : 'split';
      }
    };

    return {
      ...(format.needs && { needs: format.needs }),
      encode(message) {
        const key = Buffer.from(KEYS[settings.key](message.record));
        const value = Buffer.from(format.text(message));
        const own = headersOf({ ...format.headers?.(message), 'tidings-key': message.key });
        const headers = new Map([...fixed, ...own]);
        return { value: { key, value, headers }, bytes: fixedBytes + bytesOf(own) + key.length + value.length };
      },
      deliver: (batch: readonly Item[], signal) => splitBatch(batch, (items) => send(items, signal)),
      check: async (signal) => `topic ${topic} has ${await connection.partitions(signal)} partitions`,
      close: () => connection.close(),
    };
  },
});

const KEYS: Readonly<Record<Settings['key'], (record: EventRecord) => string>> = {
  object: objectKey,
  event: ({ body }) => body.metadata.uid,
};

type Header = readonly [name: Buffer, value: Buffer];

function headersOf(headers: Readonly<Record<string, string>>): Header[] {
  return Object.entries(headers).map(([name, value]) => [Buffer.from(name), Buffer.from(value)]);
}

function bytesOf(headers: readonly Header[]): number {
  return headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
}

/** What is about one object has one key. An object of the cluster itself has an empty namespace. */
function objectKey({ cluster, subject: { namespace = '', kind = '', name = '' } }: EventRecord): string {
  return `${cluster}/${namespace}/${kind}/${name}`;
}

async function echo(items: readonly Item[], places: readonly (Place | undefined)[]): Promise<void> {
  const lines = items.map(({ value }, index) => {
    const place = places[index];
    return `send:  ${String(value)}\n${place ? `pid:${place.partition} offset:${place.offset}\n` : ''}`;
  });
  await writeToStandardOutput(lines.join(''));
}

type Settings = v.InferOutput<v.StrictObjectSchema<typeof config, undefined>>;

/** The producer, made when it is needed: after a failure, and when a certificate was replaced, it is another one. */
class Connection {
  readonly #settings: Settings;
  readonly #tls: TlsFiles | undefined;
  #current: { readonly producer: Producer; readonly tls: TlsOptions | undefined } | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#tls = settings.tls && new TlsFiles(settings.tls, Date.now);
  }

  /** Resolves with where each lies, if that is to be shown and is known. */
  async send(items: readonly Item[], signal: AbortSignal): Promise<readonly (Place | undefined)[]> {
    const { topic, echo: isShown } = this.#settings;
    return this.#use(signal, async (producer) => {
      const { offsets = [] } = await producer.send({
        messages: items.map(({ key, value, headers }) => ({ topic, key, value, headers: new Map(headers) })),
      });
      if (!isShown) return [];
      // Most often it is known since they were sent. When it cannot be found out, they are delivered all the same.
      const metadata = await producer.metadata({ topics: [topic] }).catch(() => undefined);
      const partitions = metadata?.topics.get(topic)?.partitionsCount;
      if (partitions === undefined) return [];
      const { placesOf } = await import('./_kafka-places.ts');
      const keys = items.map(({ key }) => key);
      return placesOf(keys, partitions, offsets);
    });
  }

  async partitions(signal: AbortSignal): Promise<number> {
    const { topic } = this.#settings;
    const { topics } = await this.#use(signal, (producer) => producer.metadata({ topics: [topic], forceUpdate: true }));
    return topics.get(topic)?.partitionsCount ?? 0;
  }

  async close(): Promise<void> {
    const { producer } = this.#current ?? {};
    this.#current = undefined;
    await producer?.close();
  }

  /**
   * What failed or was aborted leaves the numbering of messages in doubt, and something perhaps under way: with the
   * producer, that ends.
   */
  async #use<T>(signal: AbortSignal, action: (producer: Producer) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const { promise, reject } = Promise.withResolvers<never>();
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    try {
      const done = this.#producer().then(action);
      done.catch(() => {});
      return await Promise.race([done, promise]);
    } catch (error) {
      const closing = this.close().catch(() => {});
      if (!signal.aborted) await closing;
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  async #producer(): Promise<Producer> {
    const tls = await this.#tls?.options();
    if (this.#current && this.#current.tls === tls) return this.#current.producer;
    await this.close();
    const { compression, createTopic } = this.#settings;
    // Loaded by those who use it: it is as large as the rest of the program.
    const { Producer, compatibilityPartitioner } = await import('@platformatic/kafka');
    const producer = new Producer({
      ...kafkaClientOptions(this.#settings, tls),
      idempotent: true,
      // What clients in Java choose for the same key.
      partitioner: compatibilityPartitioner,
      compression,
      autocreateTopics: createTopic,
    });
    // What goes wrong, the answers say too.
    producer.on('error', () => {});
    this.#current = { producer, tls };
    return producer;
  }
}
