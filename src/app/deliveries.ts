/** Everything that is delivered: one sink beside the other, none of which knows of the others. */
import type { DeliveryLedger, DeliveryWriter } from '../component/delivery-ledger.ts';
import type { Cursor, Log } from '../component/log.ts';
import type { BatchLimits, Sink, SinkDefinition } from '../component/sink.ts';
import { type SinkStart, startCursor } from '../component/sink-start.ts';
import { AppError, messageOf } from '../core/errors.ts';
import { Acknowledgements } from '../pipeline/acknowledgements.ts';
import type { Route } from '../pipeline/route.ts';
import { SinkDelivery, type SinkDeliveryStatus } from '../pipeline/sink-delivery.ts';
import { SinkRouter } from '../pipeline/sink-router.ts';
import type { Logger } from '../telemetry/log.ts';
import type { DeliveryMetrics, SinkMetrics } from '../telemetry/sink-metrics.ts';
import type { Change } from '../util/change.ts';
import { Rate } from '../util/rate.ts';

/** After a failed batch; the second is what the delay grows to while nothing is taken. */
const RETRY = { baseMs: 500, capMs: 30_000 };

export interface SinkSettings {
  readonly name: string;
  readonly definition: SinkDefinition;
  /** As the definition's own schema gives them. */
  readonly config: Parameters<SinkDefinition['create']>[0];
  readonly from: SinkStart;
  readonly batch: Partial<BatchLimits> & { readonly delayMs?: number };
}

export interface DeliveriesOptions {
  readonly sinks: readonly SinkSettings[];
  /** Absent: every sink gets everything. */
  readonly routes?: readonly Route[];
  readonly log: Pick<Log, 'read' | 'beginning' | 'end' | 'at' | 'distance' | 'acknowledged'>;
  readonly ledger: Pick<DeliveryLedger, 'paused' | 'deadLetterCounts' | 'gaps'>;
  readonly writer: DeliveryWriter;
  readonly appended: Change;
  readonly metrics: DeliveryMetrics;
  readonly logger: Logger;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly userAgent: string;
}

export interface SinkStatus {
  readonly name: string;
  readonly type: string;
  readonly state: 'delivering' | 'failing' | 'paused';
  /** Records in the log that the sink is not done with, at most; and how long ago the oldest of them was received. */
  readonly lagRecords: number;
  readonly lagSeconds: number;
  /** Records a second in the last minute. */
  readonly rate: number;
  readonly deadLetters: number;
  /** Records that the log dropped before the sink had them, at most. */
  readonly missed: number;
  readonly lastFailure?: SinkDeliveryStatus['lastFailure'];
}

interface Running {
  readonly settings: SinkSettings;
  readonly sink: Sink;
  readonly rate: Rate;
  /** Absent while the sink is paused. */
  delivery: SinkDelivery | undefined;
}

export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #acknowledgements: Acknowledgements;
  readonly #running = new Map<string, Running>();

  private constructor(options: DeliveriesOptions) {
    this.#options = options;
    this.#acknowledgements = new Acknowledgements((cursors) => options.writer.acknowledge(cursors));
  }

  /** Opens every sink and begins where each stopped. Rejects with an AppError when a sink's settings cannot work. */
  static async start(options: DeliveriesOptions): Promise<Deliveries> {
    const deliveries = new Deliveries(options);
    const paused = await options.ledger.paused();
    for (const settings of options.sinks) {
      const sink = await openSink(settings, options);
      const running: Running = { settings, sink, rate: new Rate(), delivery: undefined };
      deliveries.#running.set(settings.name, running);
      if (!paused.has(settings.name)) await deliveries.#begin(running);
    }
    return deliveries;
  }

  async status(): Promise<readonly SinkStatus[]> {
    const counts = await this.#options.ledger.deadLetterCounts();
    return Promise.all([...this.#running.values()].map((running) => this.#statusOf(running, counts)));
  }

  /** Delivers nothing more to the sink until it is resumed, also after a restart. */
  async pause(name: string): Promise<void> {
    const running = this.#get(name);
    await this.#options.writer.setPaused(name, true);
    await running.delivery?.stop();
    running.delivery = undefined;
  }

  async resume(name: string): Promise<void> {
    const running = this.#get(name);
    await this.#options.writer.setPaused(name, false);
    if (!running.delivery) await this.#begin(running);
  }

  /** Goes on from another place of the log. */
  async seek(name: string, start: SinkStart): Promise<void> {
    const running = this.#get(name);
    const wasRunning = running.delivery !== undefined;
    await running.delivery?.stop();
    running.delivery = undefined;
    await this.#acknowledgements.acknowledge(name, await startCursor(start, this.#options.log, Date.now()));
    if (wasRunning) await this.#begin(running);
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.#running.values()].map(async ({ delivery, sink, settings }) => {
        await delivery?.stop();
        try {
          await sink.close();
        } catch (error) {
          this.#options.logger.warn({ sink: settings.name, error: messageOf(error) }, 'cannot close the sink');
        }
      }),
    );
  }

  #get(name: string): Running {
    const running = this.#running.get(name);
    if (running) return running;
    const names = [...this.#running.keys()].join(', ') || 'none';
    throw new AppError('SINK_NOT_FOUND', `found no sink "${name}", want one of those configured: ${names}`);
  }

  async #begin(running: Running): Promise<void> {
    const { settings, sink, rate } = running;
    const { name, definition, batch } = settings;
    const { log, writer, appended, metrics, routes } = this.#options;
    const logger = this.#options.logger.child({ sink: name });
    const router = new SinkRouter({ sink: name, ...(routes && { routes }) });
    const onlyNews = settings.from.kind === 'now';
    const delivery = new SinkDelivery(
      {
        name,
        sink,
        limits: {
          maxRecords: Math.min(batch.maxRecords ?? Number.POSITIVE_INFINITY, definition.limits.maxRecords),
          maxBytes: Math.min(batch.maxBytes ?? Number.POSITIVE_INFINITY, definition.limits.maxBytes),
        },
        concurrency: definition.concurrency,
        maxDelayMs: batch.delayMs ?? 0,
        retry: RETRY,
        log,
        appended,
        prepare: async ({ records, occurrences }) =>
          records.map((record, index) => {
            if (onlyNews && !record.news) return undefined;
            const routed = router.route(record, { occurrences: occurrences[index] ?? 0 });
            return typeof routed === 'string' ? undefined : routed;
          }),
        acknowledge: (cursor) => this.#acknowledgements.acknowledge(name, cursor),
        reject: ({ record, key }, failure) =>
          writer.addDeadLetters([{ sink: name, key, record, failure, at: Date.now() }]),
        onGap: async (from, to) => writer.addGap({ sink: name, records: await log.distance(from, to), at: Date.now() }),
        logger,
        metrics: counted(metrics.sink(name), rate),
      },
      await this.#cursorOf(settings),
    );
    running.delivery = delivery;
    delivery.start();
  }

  async #cursorOf({ name, from }: SinkSettings): Promise<Cursor> {
    const { log } = this.#options;
    const known = await log.acknowledged(name);
    if (known !== undefined) return known;
    const cursor = await startCursor(from, log, Date.now());
    // At once, so that "now" stays the instant at which the sink was first there.
    await this.#acknowledgements.acknowledge(name, cursor);
    return cursor;
  }

  async #statusOf(running: Running, deadLetters: ReadonlyMap<string, number>): Promise<SinkStatus> {
    const { settings, delivery, rate } = running;
    const { log, ledger } = this.#options;
    const { name, definition } = settings;
    const status = delivery?.status();
    const acknowledged = (await log.acknowledged(name)) ?? (await log.end());
    const { pendingSince } = status ?? {};
    return {
      name,
      type: definition.type,
      state: status && status.state !== 'stopped' ? status.state : 'paused',
      lagRecords: await log.distance(acknowledged, await log.end()),
      lagSeconds: pendingSince === undefined ? 0 : Math.max(0, (Date.now() - pendingSince) / 1000),
      rate: rate.perSecond(),
      deadLetters: deadLetters.get(name) ?? 0,
      missed: (await ledger.gaps(name)).reduce((sum, { records }) => sum + records, 0),
      ...(status?.lastFailure && { lastFailure: status.lastFailure }),
    };
  }
}

async function openSink(
  { name, definition, config }: SinkSettings,
  { logger, env, userAgent }: DeliveriesOptions,
): Promise<Sink> {
  return definition.create(config, { name, logger: logger.child({ sink: name }), env, userAgent });
}

function counted(metrics: SinkMetrics, rate: Rate): SinkMetrics {
  return {
    ...metrics,
    delivered(seconds) {
      rate.add(1);
      metrics.delivered(seconds);
    },
  };
}
