import type { RecordDelivery, ReplayProgress, SinkActivity, SinkStatus } from '../component/delivery-admin.ts';
import type { DeliveryLedger, DeliveryWriter } from '../component/delivery-ledger.ts';
import type { EventQuery, History, StoredEvent } from '../component/history.ts';
import type { AppendedPage, Cursor, Log } from '../component/log.ts';
import type { Message } from '../component/message.ts';
import type { ObjectLookup } from '../component/object-lookup.ts';
import type { Failure, Outcome, Sink, SinkContext } from '../component/sink.ts';
import type { SinkConfig } from '../component/sink-config.ts';
import { type SinkStart, startCursor } from '../component/sink-start.ts';
import { AppError, messageOf } from '../core/errors.ts';
import type { EventRecord } from '../core/record.ts';
import { recordKey } from '../core/record-key.ts';
import type { Filter } from '../lang/filter.ts';
import type { Acknowledgements } from '../pipeline/acknowledgements.ts';
import { groupWrites } from '../pipeline/group-writes.ts';
import { pageRouting } from '../pipeline/page-routing.ts';
import { RecentActivity } from '../pipeline/recent-activity.ts';
import { replay } from '../pipeline/replay.ts';
import type { Route } from '../pipeline/route-config.ts';
import type { SharedPages } from '../pipeline/shared-pages.ts';
import { SinkDelivery, type SinkDeliveryOptions } from '../pipeline/sink-delivery.ts';
import { SinkRouter } from '../pipeline/sink-router.ts';
import type { Logger } from '../telemetry/log.ts';
import type { DeliveryMetrics } from '../telemetry/sink-metrics.ts';
import type { Change } from '../util/change.ts';
import { Rate } from '../util/rate.ts';
import { DirectSending } from './direct-sending.ts';
import { storedRecord } from './stored-record.ts';

/** After a failed batch; the second is what the delay grows to while nothing is taken. */
const RETRY = { baseMs: 500, capMs: 30_000 };

/** What all sinks share. */
export interface SinkEnvironment {
  readonly log: Pick<Log, 'beginning' | 'end' | 'at' | 'after' | 'distance' | 'acknowledged'>;
  /** What all of them read from `log`. */
  readonly pages: SharedPages;
  readonly history: Pick<History, 'events' | 'previous' | 'revision'>;
  readonly ledger: DeliveryLedger;
  readonly writer: DeliveryWriter;
  readonly acknowledgements: Acknowledgements;
  readonly appended: Change<AppendedPage>;
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
  readonly #recent = new RecentActivity();
  readonly #closing = new AbortController();
  /** What is sent beside the log: replays, dead letters, tests. */
  readonly #beside = new Set<Promise<unknown>>();
  readonly #direct: DirectSending;
  /** None: it gets everything. */
  #routes: readonly Route[];
  #router: SinkRouter;
  /** Absent while it is paused. */
  #delivery: SinkDelivery | undefined;

  /** A batch of which much was deleted is one stretch. */
  readonly #miss = groupWrites<number>(async (counts) => {
    const records = counts.reduce((sum, count) => sum + count, 0);
    await this.#environment.writer.addGap({ sink: this.name, records, at: Date.now() });
    this.#environment.metrics.sink(this.name).missed(records);
  });

  private constructor(settings: SinkConfig, routes: readonly Route[], environment: SinkEnvironment, sink: Sink) {
    this.#settings = settings;
    this.#routes = routes;
    this.#router = new SinkRouter({ sink: settings.name, routes });
    this.#environment = environment;
    this.#sink = sink;
    this.#logger = environment.logger.child({ sink: settings.name });
    this.#direct = new DirectSending({
      ...environment,
      sink,
      routes: () => this.#routes,
      closing: this.#closing.signal,
    });
  }

  /** Rejects with an AppError when the settings cannot work. */
  static async open(
    settings: SinkConfig,
    routes: readonly Route[],
    environment: SinkEnvironment,
  ): Promise<RunningSink> {
    const { name, definition } = settings;
    const { context, logger } = environment;
    const sink = await definition.create(settings.settings, { ...context, name, logger: logger.child({ sink: name }) });
    return new RunningSink(settings, routes, environment, sink);
  }

  get name(): string {
    return this.#settings.name;
  }

  get isStarted(): boolean {
    return this.#delivery !== undefined;
  }

  /** Delivers from where it stopped, or from where its settings say when it was never here. */
  async start(): Promise<void> {
    if (this.#delivery) return;
    const { log, history, pages, appended, acknowledgements } = this.#environment;
    const { name } = this.#settings;
    const cursor = await this.#cursor();
    // What was read and not delivered is read again: a window or throttle that has counted it would swallow it.
    this.reroute(this.#routes);
    this.#delivery = new SinkDelivery(
      {
        ...this.#deliveryOptions(() => this.#router),
        log: { read: (after, options) => pages.read(after, options), beginning: () => log.beginning() },
        appended,
        acknowledge: (done) => acknowledgements.acknowledge(name, done),
        onGap: async (from, to) => this.#miss([await log.distance(from, to)]),
        stored: {
          find: (identity) => storedRecord(history, identity),
          miss: (records) => this.#miss([records]),
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

  /** Takes other routes for what is read from now on; throttles and windows begin anew. */
  reroute(routes: readonly Route[]): void {
    this.#routes = routes;
    this.#router = new SinkRouter({ sink: this.name, routes });
  }

  async seek(start: SinkStart): Promise<void> {
    const { isStarted } = this;
    await this.stop();
    const { acknowledgements, log } = this.#environment;
    await acknowledgements.acknowledge(this.name, await startCursor(start, log, Date.now()));
    if (isStarted) await this.start();
  }

  /** As {@link DirectSending.send}. */
  send(record: EventRecord, extra: Pick<Message, 'test'> = {}): Promise<Outcome> {
    return this.#besideTheLog(this.#direct.send(record, extra));
  }

  /** As {@link DirectSending.retry}. */
  retry(ids: readonly number[]): Promise<ReadonlyMap<number, Outcome>> {
    return this.#besideTheLog(this.#direct.retry(ids));
  }

  /**
   * Delivers what the history holds and the routes lead here, with times as they were then. Rejects with SINK_FAILED when
   * the sink is closed before the end.
   */
  replay(
    query: Omit<EventQuery, 'filter'> & { readonly filter?: Filter },
    onProgress: (progress: ReplayProgress) => void,
    signal: AbortSignal,
  ): Promise<ReplayProgress> {
    return this.#besideTheLog(this.#replay(query, onProgress, signal));
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

  /** `after`: the place in the log after the record. */
  async deliveryOf(record: StoredEvent, after: Cursor): Promise<RecordDelivery> {
    const { log, ledger } = this.#environment;
    const isLed = this.#router.leads(record, record.occurrences);
    const known = { sink: this.name, ...(isLed !== undefined && { isLed }) };
    const letter = await ledger.deadLetterOf(this.name, recordKey(record));
    if (letter) return { ...known, state: 'dead-letter', failure: { ...letter.failure, at: letter.at } };
    const done = await log.acknowledged(this.name);
    const ahead = await log.distance(done ?? (await log.beginning()), after);
    return ahead > 0 ? { ...known, state: 'waiting', ahead } : { ...known, state: 'passed' };
  }

  activity(): SinkActivity {
    return this.#recent.activity();
  }

  /** What is under way ends first, for a moment, replays as well. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled([this.stop(), ...this.#beside]);
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

  #deliveryOptions(
    router: () => SinkRouter,
    { withHistory = false, filter }: { readonly withHistory?: boolean; readonly filter?: Filter } = {},
  ) {
    const { name, definition, batch, from } = this.#settings;
    const { history, objects, writer } = this.#environment;
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
        objects,
        needsObject: this.#sink.needs?.object === true,
        accepts: ({ news }) => news || !onlyNews,
        previousOf: async (records) => (this.#sink.needs?.previous ? history.previous(records) : []),
        ...(filter && { filter }),
      }),
      reject: ({ record, key }, failure) =>
        writer.addDeadLetters([{ sink: name, key, record, failure, at: Date.now() }]),
      onFailure: (failure: Failure) => this.#recent.failed(failure),
      logger: this.#logger,
      metrics: {
        ...metrics,
        delivered: (seconds: number) => {
          this.#rate.add(1);
          this.#recent.delivered();
          metrics.delivered(seconds);
        },
      },
    } satisfies Omit<SinkDeliveryOptions, 'log' | 'appended' | 'acknowledge' | 'onGap' | 'stored'>;
  }

  async #besideTheLog<T>(work: Promise<T>): Promise<T> {
    this.#beside.add(work);
    try {
      return await work;
    } finally {
      this.#beside.delete(work);
    }
  }

  async #replay(
    { filter, ...range }: Omit<EventQuery, 'filter'> & { readonly filter?: Filter },
    onProgress: (progress: ReplayProgress) => void,
    signal: AbortSignal,
  ): Promise<ReplayProgress> {
    const { signal: closing } = this.#closing;
    const router = new SinkRouter({ sink: this.name, routes: this.#routes, now: ({ time }) => time });
    const progress = await replay(
      {
        records: this.#environment.history.events(range, { revisions: true, order: 'oldest-first' }),
        delivery: this.#deliveryOptions(() => router, { withHistory: true, ...(filter && { filter }) }),
        onProgress,
      },
      AbortSignal.any([signal, closing]),
    );
    if (!closing.aborted) return progress;
    const { read, delivered } = progress;
    const done = `${read} read, ${delivered} delivered`;
    throw new AppError('SINK_FAILED', `replay to sink ${JSON.stringify(this.name)}: it was closed after ${done}`);
  }
}
