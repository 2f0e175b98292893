/**
 * Records that another Tidings wrote to a topic. They keep the envelope that it gave them, so the ledger of coverage says
 * nothing about them here: who was looking when, only the one that watched knows.
 * A consumer's offset is committed after the log has committed what lies before it; what is read again is known by its key.
 */
import type { Consumer } from '@platformatic/kafka';
import type { Intake, ScopeStatus, Source } from '../../component/source.ts';
import { kafkaClientOptions } from '../../config/kafka-connection.ts';
import { TlsFiles } from '../../config/tls-files.ts';
import { messageOf } from '../../core/errors.ts';
import type { EventRecord } from '../../core/record.ts';
import type { Logger } from '../../telemetry/log.ts';
import { backoff } from '../../util/backoff.ts';
import { errorCauses } from '../../util/error-causes.ts';
import { sleep } from '../../util/sleep.ts';
import type { KafkaSourceConfig } from './config.ts';
import { Offsets } from './offsets.ts';

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
/** How often offsets are committed: what is read again after a crash is about as much as arrives in between. */
const COMMIT_EVERY_MS = 1_000;
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
  readonly #offsets = new Offsets();
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
        if (signal.aborted) return;
        // Attempts repeat one another.
        const problem = [...new Set(errorCauses(error).map(messageOf))].join('; ');
        this.#options.logger.warn(
          { topic: this.#options.config.topic, error: problem },
          'cannot read the topic; trying again',
        );
        this.#status = { ...this.#status, state: 'unreachable', problem };
      }
      await delays.wait(signal);
    }
  }

  /** Ends when the signal is aborted; rejects when the brokers no longer answer. */
  async #consume(signal: AbortSignal, onMessage: () => void): Promise<void> {
    const { config, logger } = this.#options;
    const tls = await this.#tls?.options();
    // Loaded by those who use it.
    const { Consumer: Client } = await import('@platformatic/kafka');
    const consumer = new Client({ ...kafkaClientOptions(config, tls), groupId: config.group, ...MEMBERSHIP });
    const ending = new AbortController();
    let commits: Promise<void> | undefined;
    this.#offsets.forget();
    try {
      consumer.on('consumer:group:rebalance', () => this.#offsets.forget());
      consumer.on('consumer:heartbeat:end', () => this.#contact());
      const stream = await consumer.consume({
        topics: [config.topic],
        mode: 'committed',
        fallbackMode: 'earliest',
        autocommit: false,
        maxWaitTime: MAX_WAIT_MS,
      });
      const stop = (): void => void stream.destroy();
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
      this.#contact();
      logger.info({ topic: config.topic, group: config.group }, 'reading the topic');
      commits = this.#commitRegularly(consumer, ending.signal);
      for await (const message of stream) {
        await this.#take(message);
        onMessage();
      }
    } finally {
      ending.abort();
      await commits;
      await consumer.close(true).catch((error: unknown) => {
        logger.debug({ error: messageOf(error) }, 'cannot leave the consumer group in good order');
      });
    }
  }

  async #take({ value, partition, offset }: { value: Buffer; partition: number; offset: bigint }): Promise<void> {
    const { intake, parse, logger, metrics, config } = this.#options;
    metrics.received(value?.length ?? 0);
    let record: EventRecord;
    try {
      record = parse(String(value));
    } catch (error) {
      metrics.skipped('invalid');
      const place = { topic: config.topic, partition, offset: String(offset) };
      logger.warn({ ...place, error: messageOf(error) }, 'skipped a message that is no record');
      this.#offsets.skipped(partition, offset);
      return;
    }
    const { cluster, epoch, scope } = record;
    const onCommitted = this.#offsets.taken(partition, offset);
    await intake.offer({ cluster, epoch, scope, records: [record] }, value.length, onCommitted);
  }

  async #commitRegularly(consumer: Consumer, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(COMMIT_EVERY_MS, signal);
      const { topic } = this.#options.config;
      const done = this.#offsets.takeDone();
      if (done.size === 0) continue;
      const offsets = [...done].map(([partition, offset]) => ({ topic, partition, offset, leaderEpoch: -1 }));
      try {
        await consumer.commit({ offsets });
      } catch (error) {
        // The next commit says the same and more; until then a restart reads again what is stored.
        this.#options.logger.debug({ error: messageOf(error) }, 'cannot commit offsets');
      }
    }
  }

  #contact(): void {
    const { cluster, scope } = this.#status;
    this.#status = { cluster, scope, state: 'watching', lastContact: Date.now() };
  }
}
