/** Everything that is delivered: one sink beside the other, none of which knows of the others. */
import type { DeliveryAdmin, ReplayProgress, ReplayRequest, SinkStatus } from '../component/delivery-admin.ts';
import type { StoredDeadLetter } from '../component/delivery-ledger.ts';
import type { Outcome } from '../component/sink.ts';
import type { SinkConfig } from '../component/sink-config.ts';
import type { SinkStart } from '../component/sink-start.ts';
import { AppError } from '../core/errors.ts';
import { compileFilter } from '../lang/filter.ts';
import { Acknowledgements } from '../pipeline/acknowledgements.ts';
import { RunningSink, type SinkEnvironment } from './running-sink.ts';
import { testEvent } from './test-event.ts';

export type DeliveriesOptions = Omit<SinkEnvironment, 'acknowledgements'> & {
  readonly sinks: readonly SinkConfig[];
};

export class Deliveries implements DeliveryAdmin {
  readonly #environment: SinkEnvironment;
  readonly #sinks = new Map<string, RunningSink>();

  private constructor(environment: SinkEnvironment) {
    this.#environment = environment;
  }

  /** Opens every sink and begins where each stopped. Rejects with an AppError when a sink's settings cannot work. */
  static async start({ sinks, ...options }: DeliveriesOptions): Promise<Deliveries> {
    const acknowledgements = new Acknowledgements((cursors) => options.writer.acknowledge(cursors));
    const deliveries = new Deliveries({ ...options, acknowledgements });
    try {
      for (const settings of sinks) {
        deliveries.#sinks.set(settings.name, await RunningSink.open(settings, deliveries.#environment));
      }
      const paused = await options.ledger.paused();
      for (const sink of deliveries.#sinks.values()) if (!paused.has(sink.name)) await sink.start();
    } catch (error) {
      await deliveries.close();
      throw error;
    }
    return deliveries;
  }

  async sinks(): Promise<readonly SinkStatus[]> {
    const deadLetters = await this.#environment.ledger.deadLetterCounts();
    return Promise.all([...this.#sinks.values()].map((sink) => sink.status(deadLetters)));
  }

  async test(name: string): Promise<Outcome> {
    const [outcome] = await this.#get(name).send([testEvent(new Date())], { test: true });
    return outcome ?? { status: 'retry', reason: 'other', problem: 'the sink said nothing' };
  }

  async pause(name: string): Promise<void> {
    const sink = this.#get(name);
    await this.#environment.writer.setPaused(name, true);
    await sink.stop();
  }

  async resume(name: string): Promise<void> {
    const sink = this.#get(name);
    await this.#environment.writer.setPaused(name, false);
    await sink.start();
  }

  async seek(name: string, start: SinkStart): Promise<void> {
    await this.#get(name).seek(start);
  }

  async retryDeadLetters(ids: readonly number[]): Promise<ReadonlyMap<number, Outcome>> {
    const { ledger, writer } = this.#environment;
    const letters = (await Promise.all(ids.map((id) => ledger.deadLetter(id)))).filter(
      (letter) => letter !== undefined,
    );
    const outcomes = new Map<number, Outcome>();
    for (const [name, ofSink] of Map.groupBy(letters, ({ sink }: StoredDeadLetter) => sink)) {
      const answers = await this.#get(name).send(ofSink.map(({ record }) => record));
      for (const [index, { id }] of ofSink.entries()) {
        const answer = answers[index];
        if (answer) outcomes.set(id, answer);
      }
      await writer.removeDeadLetters(ofSink.filter(({ id }) => outcomes.get(id)?.status === 'ok').map(({ id }) => id));
    }
    return outcomes;
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
    const compiled =
      filter === undefined
        ? undefined
        : compileFilter(filter, {
            otherwise: false,
            onError: (error) => logger.debug({ error, filter }, 'a filter failed'),
          });
    return this.#get(sink).replay({ ...range, ...(compiled && { filter: compiled }) }, onProgress, signal);
  }

  async close(): Promise<void> {
    const closed = Promise.all([...this.#sinks.values()].map((sink) => sink.close()));
    // What a sink waits for before it can end. They all know by now that they are to.
    await this.#environment.objects.close();
    await closed;
  }

  #get(name: string): RunningSink {
    const sink = this.#sinks.get(name);
    if (sink) return sink;
    const names = [...this.#sinks.keys()].join(', ') || 'none';
    throw new AppError('SINK_NOT_FOUND', `find sink ${JSON.stringify(name)}: want one of those configured: ${names}`);
  }
}
