/**
 * Records that another Tidings wrote to a topic. They keep the envelope that it gave them, so the ledger of coverage says
 * nothing about them here: who was looking when, only the one that watched knows.
 * Where to go on is in the log, committed with the records: a log that was lost or restored reads again what it lacks, and
 * what it reads twice it knows by its key. The group's offsets are committed for tools that show how far it is behind.
 */
import type { Consumer, Message } from '@platformatic/kafka';
import type { Intake, ScopeStatus, Source } from '../../component/source.ts';
import { kafkaClientOptions } from '../../config/kafka-connection.ts';
import { kafkaProblem } from '../../config/kafka-problem.ts';
import { TlsFiles } from '../../config/tls-files.ts';
import { messageOf } from '../../core/errors.ts';
import type { EventRecord } from '../../core/record.ts';
import type { Logger } from '../../telemetry/log.ts';
import { aborted } from '../../util/aborted.ts';
import { backoff } from '../../util/backoff.ts';
import { sleep } from '../../util/sleep.ts';
import type { KafkaSourceConfig } from './config.ts';
import { describeTopic, type Topic } from './topic.ts';

export interface KafkaSourceOptions {
  readonly config: KafkaSourceConfig;
  /** Throws for a text that is no record. */
  readonly parse: (text: string) => EventRecord;
  readonly intake: Intake;
  readonly logger: Logger;
  readonly metrics: KafkaSourceMetrics;
}

export interface KafkaSourceMetrics {
  received(bytes: number): void;
  skipped(cause: 'invalid'): void;
}

const RETRY = { baseMs: 500, capMs: 30_000 };
/** How often the topic is looked at and offsets are committed to the group. */
const ATTEND_EVERY_MS = 1_000;
/** For saying goodbye to brokers, which may be gone. */
const LEAVE_TIMEOUT_MS = 2_000;
const MAX_WAIT_MS = 500;
/**
 * A member that was cut off holds its partitions for so long, also one that was this very process before a broker fell.
 * Brokers take 6 s and more: https://kafka.apache.org/43/configuration/broker-configs/#brokerconfigs_group.min.session.timeout.ms
 */
const MEMBERSHIP = { sessionTimeout: 10_000, rebalanceTimeout: 10_000, heartbeatInterval: 3_000 };

export function createKafkaSource(options: KafkaSourceOptions): Source {
  return new KafkaSource(options);
}

class KafkaSource implements Source {
  readonly #options: KafkaSourceOptions;
  readonly #tls: TlsFiles | undefined;
  /** Durable and not committed to the group yet: where to go on, by partition. */
  readonly #done = new Map<number, bigint>();
  #status: ScopeStatus;

  constructor(options: KafkaSourceOptions) {
    const { tls, topic } = options.config;
    this.#options = options;
    this.#tls = tls && new TlsFiles(tls, Date.now);
    this.#status = { cluster: 'kafka', scope: topic, state: 'connecting' };
  }

  status(): readonly ScopeStatus[] {
    return [this.#status];
  }

  async run(signal: AbortSignal): Promise<void> {
    const delays = backoff(RETRY);
    while (!signal.aborted) {
      try {
        await this.#consume(signal, () => delays.reset());
      } catch (error) {
        const problem = kafkaProblem(error);
        this.#options.logger.warn(
          { topic: this.#options.config.topic, error: problem },
          'cannot read the topic; trying again',
        );
        this.#status = { ...this.#status, state: 'unreachable', problem };
      }
      await delays.wait(signal);
    }
  }

  /** Resolves when the signal is aborted or the topic is another one; rejects when the brokers no longer answer. */
  async #consume(signal: AbortSignal, onMessage: () => void): Promise<void> {
    const { config, logger } = this.#options;
    const tls = await this.#tls?.options();
    // Loaded by those who use it.
    const { Consumer: Client } = await import('@platformatic/kafka');
    const consumer = new Client({ ...kafkaClientOptions(config, tls), groupId: config.group, ...MEMBERSHIP });
    const leaving = new AbortController();
    const ending = AbortSignal.any([signal, leaving.signal]);
    this.#done.clear();
    try {
      // The first is what ends this; there may be more.
      const failed = new Promise<never>((_, reject) => consumer.on('error', reject));
      consumer.on('consumer:group:rebalance', () => this.#done.clear());
      consumer.on('consumer:heartbeat:end', () => this.#contact());
      await Promise.race([this.#read(consumer, ending, onMessage), failed, aborted(signal)]);
    } finally {
      leaving.abort();
      const left = consumer.close(true).catch((error: unknown) => {
        logger.debug({ error: messageOf(error) }, 'cannot leave the consumer group in good order');
      });
      await Promise.race([left, sleep(LEAVE_TIMEOUT_MS)]);
    }
  }

  async #read(consumer: Consumer, signal: AbortSignal, onMessage: () => void): Promise<void> {
    const { config, intake, logger } = this.#options;
    const { topic, group } = config;
    const found = await describeTopic(consumer, topic);
    const offsets = await intake.offsets(found.id);
    const stream = await consumer.consume({
      topics: [topic],
      mode: 'manual',
      offsets: [...offsets].map(([partition, offset]) => ({ topic, partition, offset })),
      fallbackMode: 'earliest',
      autocommit: false,
      maxWaitTime: MAX_WAIT_MS,
    });
    this.#contact();
    logger.info({ topic, group }, 'reading the topic');
    const takeAll = async (): Promise<void> => {
      for await (const message of stream) {
        if (signal.aborted) return;
        await this.#take(message, found.id);
        onMessage();
      }
    };
    await Promise.race([takeAll(), this.#attend(consumer, found, signal)]);
  }

  async #take(message: Message, topic: string): Promise<void> {
    const { intake, parse, logger, metrics, config } = this.#options;
    const { value, partition, offset } = message;
    metrics.received(value?.length ?? 0);
    let record: EventRecord;
    try {
      record = parse(String(value));
    } catch (error) {
      // The next record passes over it. What is at the end of a partition is seen again by the next start.
      metrics.skipped('invalid');
      const place = { topic: config.topic, partition, offset: String(offset) };
      logger.warn({ ...place, error: messageOf(error) }, 'skipped a message that is no record');
      return;
    }
    const { cluster, epoch, scope } = record;
    const next = offset + 1n;
    const batch = { cluster, epoch, scope, records: [record], offset: { topic, partition, next } };
    await intake.offer(batch, value.length, () => this.#done.set(partition, next));
  }

  /** Resolves when the topic is another one of its name, or has more partitions than those that are shared out. */
  async #attend(consumer: Consumer, found: Topic, signal: AbortSignal): Promise<void> {
    const { config, logger } = this.#options;
    const { topic } = config;
    while (!signal.aborted) {
      await sleep(ATTEND_EVERY_MS, signal);
      const offsets = [...this.#done].map(([partition, offset]) => ({ topic, partition, offset, leaderEpoch: -1 }));
      this.#done.clear();
      if (offsets.length > 0) {
        await consumer.commit({ offsets }).catch((error: unknown) => {
          logger.debug({ error: messageOf(error) }, 'cannot commit offsets to the group');
        });
      }
      const { id, partitionsCount } = await describeTopic(consumer, topic);
      if (id === found.id && partitionsCount === found.partitionsCount) continue;
      logger.info({ topic }, 'the topic was changed');
      return;
    }
  }

  #contact(): void {
    const { cluster, scope } = this.#status;
    this.#status = { cluster, scope, state: 'watching', lastContact: Date.now() };
  }
}
