/** Everything that is delivered: one sink beside the other, none of which knows of the others. */
import type { StoredDeadLetter } from '../component/delivery-ledger.ts';
import type { EventQuery } from '../component/history.ts';
import type { Outcome } from '../component/sink.ts';
import type { SinkStart } from '../component/sink-start.ts';
import { AppError } from '../core/errors.ts';
import type { Filter } from '../lang/filter.ts';
import { Acknowledgements } from '../pipeline/acknowledgements.ts';
import type { ReplayProgress } from '../pipeline/replay.ts';
import { RunningSink, type SinkEnvironment, type SinkSettings, type SinkStatus } from './running-sink.ts';
import { testEvent } from './test-event.ts';

export type DeliveriesOptions = Omit<SinkEnvironment, 'acknowledgements'> & {
  readonly sinks: readonly SinkSettings[];
};

/** Its methods that name a sink reject with SINK_NOT_FOUND when there is none of that name. */
export class Deliveries {
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

  async status(): Promise<readonly SinkStatus[]> {
    const deadLetters = await this.#environment.ledger.deadLetterCounts();
    return Promise.all([...this.#sinks.values()].map((sink) => sink.status(deadLetters)));
  }

  /** Sends a marked event, once, past the log and the routes. */
  async test(name: string): Promise<Outcome | undefined> {
    const [outcome] = await this.#get(name).send([testEvent(new Date())], { test: true });
    return outcome;
  }

  /** Delivers nothing more to the sink until it is resumed, also after a restart. */
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

  /** Goes on from another place of the log. */
  async seek(name: string, start: SinkStart): Promise<void> {
    await this.#get(name).seek(start);
  }

  /** Sends dead letters again, each once; those that are taken are forgotten. The outcomes are in the order given. */
  async retryDeadLetters(letters: readonly StoredDeadLetter[]): Promise<readonly Outcome[]> {
    const outcomes = new Map<number, Outcome>();
    for (const [name, ofSink] of Map.groupBy(letters, ({ sink }) => sink)) {
      const answers = await this.#get(name).send(ofSink.map(({ record }) => record));
      const taken = ofSink.filter((_, index) => answers[index]?.status === 'ok').map(({ id }) => id);
      await this.#environment.writer.removeDeadLetters(taken);
      for (const [index, { id }] of ofSink.entries()) {
        const answer = answers[index];
        if (answer) outcomes.set(id, answer);
      }
    }
    return letters.flatMap(({ id }) => outcomes.get(id) ?? []);
  }

  async replay(
    name: string,
    query: EventQuery & { readonly filter?: Filter },
    onProgress: (progress: ReplayProgress) => void,
    signal: AbortSignal,
  ): Promise<ReplayProgress> {
    return this.#get(name).replay(query, onProgress, signal);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sinks.values()].map((sink) => sink.close()));
  }

  #get(name: string): RunningSink {
    const sink = this.#sinks.get(name);
    if (sink) return sink;
    const names = [...this.#sinks.keys()].join(', ') || 'none';
    throw new AppError('SINK_NOT_FOUND', `find sink ${JSON.stringify(name)}: want one of those configured: ${names}`);
  }
}
