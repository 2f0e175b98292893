/** Everything that is delivered: one sink beside the other, none of which knows of the others. */
import type {
  DeliveryAdmin,
  RecordDelivery,
  ReplayProgress,
  ReplayRequest,
  RetriedDeadLetters,
  SinkActivity,
  SinkStatus,
} from '../component/delivery-admin.ts';
import type { StoredDeadLetter } from '../component/delivery-ledger.ts';
import type { StoredEvent } from '../component/history.ts';
import type { Log } from '../component/log.ts';
import type { Outcome } from '../component/sink.ts';
import type { SinkConfig } from '../component/sink-config.ts';
import type { SinkStart } from '../component/sink-start.ts';
import { AppError } from '../core/errors.ts';
import { Acknowledgements } from '../pipeline/acknowledgements.ts';
import type { Route } from '../pipeline/route-config.ts';
import { SharedPages } from '../pipeline/shared-pages.ts';
import { Turns } from '../util/turns.ts';
import type { ConfigChange } from './config-change.ts';
import { deadLettersOf } from './direct-sending.ts';
import { RunningSink, type SinkEnvironment } from './running-sink.ts';
import { testEvent } from './test-event.ts';

/** What is delivered where. */
export interface SinksAndRoutes {
  readonly sinks: readonly SinkConfig[];
  /** None: every sink gets everything. */
  readonly routes: readonly Route[];
}

export type DeliveriesOptions = Omit<SinkEnvironment, 'acknowledgements' | 'pages'> & {
  readonly log: Pick<Log, 'read'>;
} & SinksAndRoutes;

export class Deliveries implements DeliveryAdmin {
  readonly #environment: SinkEnvironment;
  #routes: readonly Route[];
  #sinks: ReadonlyMap<string, RunningSink> = new Map();
  /** What starts and stops sinks. */
  readonly #turns = new Turns();

  private constructor(routes: readonly Route[], environment: SinkEnvironment) {
    this.#routes = routes;
    this.#environment = environment;
  }

  /** Opens every sink and begins where each stopped. Rejects with an AppError when a sink's settings cannot work. */
  static async start({ sinks, routes, ...options }: DeliveriesOptions): Promise<Deliveries> {
    const acknowledgements = new Acknowledgements((cursors) => options.writer.acknowledge(cursors));
    const deliveries = new Deliveries(routes, {
      ...options,
      acknowledgements,
      pages: new SharedPages(options.log, options.appended),
    });
    try {
      await deliveries.reload({ sinks, routes }, { unchanged: new Set(), routes: true });
    } catch (error) {
      await deliveries.close();
      throw error;
    }
    return deliveries;
  }

  /**
   * Goes on with these sinks and routes: sinks that are unchanged keep running, others of a known name are closed and go
   * on where they stopped, those that are not there any more are closed. Rejects with an AppError, and everything as it
   * was, when a sink's settings cannot work; when one cannot be started, the others are.
   */
  async reload(
    { sinks, ...config }: SinksAndRoutes,
    { unchanged, ...changed }: Pick<ConfigChange, 'unchanged' | 'routes'>,
  ): Promise<void> {
    await this.#turns.take(async () => {
      const running = this.#sinks;
      const routes = changed.routes ? config.routes : this.#routes;
      const kept = [...running].filter(([name]) => unchanged.has(name));
      const opened = await this.#open(
        sinks.filter(({ name }) => !kept.some(([known]) => known === name)),
        routes,
      );
      const next = new Map([...kept, ...opened]);
      await closeAll([...running.values()].filter((sink) => next.get(sink.name) !== sink));
      if (changed.routes) for (const [, sink] of kept) sink.reroute(routes);
      this.#routes = routes;
      // In the order of the configuration.
      this.#sinks = new Map(sinks.flatMap(({ name }) => [...next].filter(([known]) => known === name)));
      await this.#startThose([...this.#sinks.values()]);
    });
  }

  /** All of them, or none. */
  async #open(sinks: readonly SinkConfig[], routes: readonly Route[]): Promise<ReadonlyMap<string, RunningSink>> {
    const opened = new Map<string, RunningSink>();
    try {
      for (const settings of sinks) {
        opened.set(settings.name, await RunningSink.open(settings, routes, this.#environment));
      }
    } catch (error) {
      await closeAll([...opened.values()]);
      throw error;
    }
    return opened;
  }

  async #startThose(sinks: readonly RunningSink[]): Promise<void> {
    const paused = await this.#environment.ledger.paused();
    const starts = await Promise.allSettled(sinks.filter(({ name }) => !paused.has(name)).map((sink) => sink.start()));
    const failed = starts.find((start) => start.status === 'rejected');
    if (failed) throw failed.reason;
  }

  get names(): readonly string[] {
    return [...this.#sinks.keys()];
  }

  async sinks(): Promise<readonly SinkStatus[]> {
    const deadLetters = await this.#environment.ledger.deadLetterCounts();
    return Promise.all([...this.#sinks.values()].map((sink) => sink.status(deadLetters)));
  }

  async activity(name: string): Promise<SinkActivity> {
    return this.#get(name).activity();
  }

  async deliveriesOf(record: StoredEvent): Promise<readonly RecordDelivery[]> {
    const after = await this.#environment.log.after(record);
    if (after === undefined) return [];
    return Promise.all([...this.#sinks.values()].map((sink) => sink.deliveryOf(record, after)));
  }

  async test(name: string): Promise<Outcome> {
    return this.#get(name).send(testEvent(new Date()), { test: true });
  }

  async pause(name: string): Promise<void> {
    await this.#turns.take(async () => {
      const sink = this.#get(name);
      const { isStarted } = sink;
      // First, so that a sink that is said to be paused delivers nothing.
      await sink.stop();
      try {
        await this.#environment.writer.setPaused(name, true);
      } catch (error) {
        if (isStarted) await sink.start();
        throw error;
      }
    });
  }

  async resume(name: string): Promise<void> {
    await this.#turns.take(async () => {
      const sink = this.#get(name);
      await this.#environment.writer.setPaused(name, false);
      await sink.start();
    });
  }

  async seek(name: string, start: SinkStart): Promise<void> {
    await this.#turns.take(() => this.#get(name).seek(start));
  }

  async forget(name: string): Promise<void> {
    await this.#turns.take(async () => {
      if (this.#sinks.has(name)) {
        const hint = 'Take it out of the configuration first, or seek it to another place.';
        throw new AppError('USAGE', `forget sink ${JSON.stringify(name)}: found it configured, want one that is not`, {
          hint,
        });
      }
      const { log, ledger, writer } = this.#environment;
      const isKnown = (await log.acknowledged(name)) !== undefined || (await ledger.paused()).has(name);
      if (!isKnown) throw new AppError('SINK_NOT_FOUND', `forget sink ${JSON.stringify(name)}: nothing is known of it`);
      await writer.forget(name);
    });
  }

  async retryDeadLetters(ids: readonly number[]): Promise<RetriedDeadLetters> {
    const { ledger } = this.#environment;
    const letters = await deadLettersOf(ledger, [...new Set(ids)]);
    const outcomes = new Map<number, Outcome>();
    const withoutSink = new Map<string, number>();
    for (const [name, ofSink] of Map.groupBy(letters, ({ sink }: StoredDeadLetter) => sink)) {
      const sink = this.#sinks.get(name);
      if (!sink) withoutSink.set(name, ofSink.length);
      else for (const [id, outcome] of await sink.retry(ofSink.map((letter) => letter.id))) outcomes.set(id, outcome);
    }
    return { outcomes, withoutSink };
  }

  async dropDeadLetters(ids: readonly number[]): Promise<void> {
    await this.#environment.writer.removeDeadLetters(ids);
  }

  async replay(
    { sink, filter, ...range }: ReplayRequest,
    onProgress: (progress: ReplayProgress) => void,
    signal: AbortSignal,
  ): Promise<ReplayProgress> {
    const { logger } = this.#environment;
    // Only who replays by a filter needs the language.
    const compiled =
      filter === undefined
        ? undefined
        : (await import('../lang/filter.ts')).compileFilter(filter, {
            otherwise: false,
            onError: (error) => logger.debug({ error, filter }, 'a filter failed'),
          });
    return this.#get(sink).replay({ ...range, ...(compiled && { filter: compiled }) }, onProgress, signal);
  }

  /** What is under way ends first, for a moment. */
  async close(): Promise<void> {
    await this.#turns.take(async () => {
      const sinks = [...this.#sinks.values()];
      // What comes after this finds none.
      this.#sinks = new Map();
      const closed = closeAll(sinks);
      // What a sink may wait for before it can end. They all know by now that they are to.
      await this.#environment.objects.close();
      await closed;
    });
  }

  #get(name: string): RunningSink {
    const sink = this.#sinks.get(name);
    if (sink) return sink;
    const names = [...this.#sinks.keys()].join(', ') || 'none';
    throw new AppError('SINK_NOT_FOUND', `find sink ${JSON.stringify(name)}: want one of those configured: ${names}`);
  }
}

async function closeAll(sinks: readonly RunningSink[]): Promise<void> {
  await Promise.all(sinks.map((sink) => sink.close()));
}
