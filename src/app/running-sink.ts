import type { ReplayProgress, SinkStatus } from '../component/delivery-admin.ts';
import type { DeliveryLedger, DeliveryWriter } from '../component/delivery-ledger.ts';
import type { EventQuery, History } from '../component/history.ts';
import type { Cursor, Log } from '../component/log.ts';
import type { Message } from '../component/message.ts';
import type { ObjectLookup } from '../component/object-lookup.ts';
import type { Outcome, Sink, SinkContext } from '../component/sink.ts';
import type { SinkConfig } from '../component/sink-config.ts';
import { type SinkStart, startCursor } from '../component/sink-start.ts';
import { messageOf } from '../core/errors.ts';
import type { EventRecord } from '../core/record.ts';
import { recordKey } from '../core/record-key.ts';
import type { Filter } from '../lang/filter.ts';
import type { Acknowledgements } from '../pipeline/acknowledgements.ts';
import { pageRouting } from '../pipeline/page-routing.ts';
import { replay } from '../pipeline/replay.ts';
import type { Route } from '../pipeline/route-config.ts';
import { SinkDelivery, type SinkDeliveryOptions } from '../pipeline/sink-delivery.ts';
import { SinkRouter } from '../pipeline/sink-router.ts';
import type { Logger } from '../telemetry/log.ts';
import type { DeliveryMetrics } from '../telemetry/sink-metrics.ts';
import type { Change } from '../util/change.ts';
import { Rate } from '../util/rate.ts';

/** After a failed batch; the second is what the delay grows to while nothing is taken. */
const RETRY = { baseMs: 500, capMs: 30_000 };
/** How long an operator waits for a destination to answer. */
const SEND_TIMEOUT_MS = 30_000;

/** What all sinks share. */
export interface SinkEnvironment {
  /** None: every sink gets everything. */
  readonly routes: readonly Route[];
  readonly log: Pick<Log, 'read' | 'beginning' | 'end' | 'at' | 'distance' | 'acknowledged'>;
  readonly history: Pick<History, 'events'>;
  readonly ledger: DeliveryLedger;
  readonly writer: DeliveryWriter;
  readonly acknowledgements: Acknowledgements;
  readonly appended: Change;
  readonly objects: ObjectLookup;
  readonly metrics: DeliveryMetrics;
  readonly logger: Logger;
  readonly context: Omit<SinkContext, 'name' | 'logger'>;
}

/** One configured sink, from its opening to its close. */
export class RunningSink {
  readonly #settings: SinkConfig;
  readonly #environment: SinkEnvironment;
  readonly #sink: Sink;
  readonly #logger: Logger;
  readonly #rate = new Rate();
  /** Absent while it is paused. */
  #delivery: SinkDelivery | undefined;

  private constructor(settings: SinkConfig, environment: SinkEnvironment, sink: Sink) {
    this.#settings = settings;
    this.#environment = environment;
    this.#sink = sink;
    this.#logger = environment.logger.child({ sink: settings.name });
  }

  /** Rejects with an AppError when the settings cannot work. */
  static async open(settings: SinkConfig, environment: SinkEnvironment): Promise<RunningSink> {
    const { name, definition } = settings;
    const { context, logger } = environment;
    const sink = await definition.create(settings.settings, { ...context, name, logger: logger.child({ sink: name }) });
    return new RunningSink(settings, environment, sink);
  }

  get name(): string {
    return this.#settings.name;
  }

  /** Delivers from where it stopped, or from where its settings say when it was never here. */
  async start(): Promise<void> {
    if (this.#delivery) return;
    const { routes, log, appended, writer, acknowledgements } = this.#environment;
    const { name } = this.#settings;
    const cursor = await this.#cursor();
    this.#delivery = new SinkDelivery(
      {
        ...this.#deliveryOptions(new SinkRouter({ sink: name, routes })),
        log,
        appended,
        acknowledge: (done) => acknowledgements.acknowledge(name, done),
        onGap: async (from, to) => {
          const records = await log.distance(from, to);
          await writer.addGap({ sink: name, records, at: Date.now() });
          this.#environment.metrics.sink(name).missed(records);
        },
      },
      cursor,
    );
    this.#delivery.start();
  }

  /** Delivers nothing more until it is started. What is under way ends first, for a moment. */
  async stop(): Promise<void> {
    const delivery = this.#delivery;
    this.#delivery = undefined;
    await delivery?.stop();
  }

  async seek(start: SinkStart): Promise<void> {
    const wasRunning = this.#delivery !== undefined;
    await this.stop();
    const { acknowledgements, log } = this.#environment;
    await acknowledgements.acknowledge(this.name, await startCursor(start, log, Date.now()));
    if (wasRunning) await this.start();
  }

  /** Sends records as they are, past the log and the routes, each once and by itself. */
  async send(records: readonly EventRecord[], extra: Pick<Message, 'test'> = {}): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    const { objects } = this.#environment;
    const found = this.#needsObject && !extra.test ? await objects.lookUp(records) : [];
    for (const [index, record] of records.entries()) {
      const object = found[index];
      const message = { record, key: recordKey(record), occurrences: 0, labels: {}, folded: 0, ...extra };
      outcomes.push(await this.#sendMessage({ ...message, ...(object && { object }) }));
    }
    return outcomes;
  }

  /** Delivers what the history holds and the routes lead here, with times as they were then. */
  replay(
    query: EventQuery & { readonly filter?: Filter },
    onProgress: (progress: ReplayProgress) => void,
    signal: AbortSignal,
  ): Promise<ReplayProgress> {
    const { filter, ...range } = query;
    const router = new SinkRouter({ sink: this.name, routes: this.#environment.routes, now: ({ time }) => time });
    const delivery = this.#deliveryOptions(router, { withHistory: true, ...(filter && { filter }) });
    return replay(
      {
        records: this.#environment.history.events(range, { revisions: true, order: 'oldest-first' }),
        delivery,
        onProgress,
      },
      signal,
    );
  }

  async status(deadLetters: ReadonlyMap<string, number>): Promise<SinkStatus> {
    const { log, ledger } = this.#environment;
    const { name, definition } = this.#settings;
    const { state, pendingSince, lastFailure } = this.#delivery?.status() ?? { state: 'stopped' };
    const end = await log.end();
    return {
      name,
      type: definition.type,
      state: state === 'stopped' ? 'paused' : state,
      lagRecords: await log.distance((await log.acknowledged(name)) ?? end, end),
      lagSeconds: pendingSince === undefined ? 0 : Math.max(0, (Date.now() - pendingSince) / 1000),
      rate: this.#rate.perSecond(),
      deadLetters: deadLetters.get(name) ?? 0,
      missed: (await ledger.gaps(name)).reduce((sum, { records }) => sum + records, 0),
      ...(lastFailure && { lastFailure }),
    };
  }

  async close(): Promise<void> {
    await this.stop();
    try {
      await this.#sink.close();
    } catch (error) {
      this.#logger.warn({ error: messageOf(error) }, 'cannot close the sink');
    }
  }

  async #cursor(): Promise<Cursor> {
    const { log, acknowledgements } = this.#environment;
    const known = await log.acknowledged(this.name);
    if (known !== undefined) return known;
    const cursor = await startCursor(this.#settings.from, log, Date.now());
    // At once, so that "now" stays the instant at which the sink was first there.
    await acknowledgements.acknowledge(this.name, cursor);
    return cursor;
  }

  get #needsObject(): boolean {
    return this.#sink.needs?.object === true;
  }

  #deliveryOptions(
    router: SinkRouter,
    { withHistory = false, filter }: { readonly withHistory?: boolean; readonly filter?: Filter } = {},
  ) {
    const { routes, objects } = this.#environment;
    const { name, definition, batch, from } = this.#settings;
    const metrics = this.#environment.metrics.sink(name);
    const onlyNews = from.kind === 'now' && !withHistory;
    return {
      name,
      sink: this.#sink,
      limits: { maxRecords: batch.records, maxBytes: batch.bytes },
      concurrency: definition.concurrency,
      maxDelayMs: batch.delay ?? 0,
      retry: RETRY,
      prepare: pageRouting({
        router,
        routes,
        objects,
        needsObject: this.#needsObject,
        accepts: ({ news }) => news || !onlyNews,
        ...(filter && { filter }),
      }),
      reject: ({ record, key }, failure) =>
        this.#environment.writer.addDeadLetters([{ sink: name, key, record, failure, at: Date.now() }]),
      logger: this.#logger,
      metrics: {
        ...metrics,
        delivered: (seconds: number) => {
          this.#rate.add(1);
          metrics.delivered(seconds);
        },
      },
    } satisfies Omit<SinkDeliveryOptions, 'log' | 'appended' | 'acknowledge' | 'onGap'>;
  }

  async #sendMessage(message: Message): Promise<Outcome> {
    try {
      const { value } = this.#sink.encode(message);
      const [outcome] = await this.#sink.deliver([value], AbortSignal.timeout(SEND_TIMEOUT_MS));
      return outcome ?? { status: 'retry', reason: 'other', problem: 'the sink said nothing' };
    } catch (error) {
      return { status: 'retry', reason: 'other', problem: messageOf(error) };
    }
  }
}
