/** The deliveries of a Tidings that runs, here or elsewhere, by its JSON API. */
import type { ReplayProgress, ReplayRequest, SinkStatus } from '../component/delivery-admin.ts';
import type { StoredDeadLetter } from '../component/delivery-ledger.ts';
import type { Outcome } from '../component/sink.ts';
import type { SinkStart } from '../component/sink-start.ts';
import { AppError } from '../core/errors.ts';
import { storedEventOf } from '../formats/stored-event.ts';
import type { ConnectedTidings } from './connect-tidings.ts';
import type { DeliveryLedgerReader } from './open-delivery-ledger.ts';
import { RemoteFailure, remoteProblem } from './remote-failure.ts';

type Client = ConnectedTidings['client'];
export type ChosenLetter = Pick<StoredDeadLetter, 'id' | 'sink'>;
type Letter = Awaited<ReturnType<Client['deadLetter']>>['data'];

/** As `DeliveryAdmin`, whose errors these are. */
export class RemoteDeliveries {
  /** What sinks would not take. */
  readonly ledger: DeliveryLedgerReader;
  readonly #connected: ConnectedTidings;
  readonly #client: Client;

  constructor(connected: ConnectedTidings, ledger: DeliveryLedgerReader = remoteLedger(connected.client)) {
    this.ledger = ledger;
    this.#connected = connected;
    this.#client = connected.client;
  }

  async sinks(): Promise<readonly SinkStatus[]> {
    const { data } = await this.#client.sinks();
    return data.map(({ name, type, state, lagRecords, lagMs, rate, deadLetters, missed, lastFailure }) => ({
      name,
      type,
      state,
      lagRecords,
      lagSeconds: lagMs / 1000,
      rate,
      deadLetters,
      missed,
      ...(lastFailure && { lastFailure: { ...lastFailure, at: Date.parse(lastFailure.at) } }),
    }));
  }

  async test(sink: string): Promise<Outcome> {
    return (await this.#client.testSink(sink)).data;
  }

  async pause(sink: string): Promise<void> {
    await this.#client.pauseSink(sink);
  }

  async resume(sink: string): Promise<void> {
    await this.#client.resumeSink(sink);
  }

  async forget(sink: string): Promise<void> {
    await this.#client.forgetSink(sink);
  }

  async seek(sink: string, start: SinkStart): Promise<void> {
    await this.#client.seekSink(sink, { to: placeOf(start) });
  }

  async *replay({ sink, since, until, filter }: ReplayRequest): AsyncGenerator<ReplayProgress> {
    const request = {
      ...(since !== undefined && { from: new Date(since).toISOString() }),
      ...(until !== undefined && { to: new Date(until).toISOString() }),
      ...(filter !== undefined && { cel: filter }),
    };
    for await (const { progress, problem, done } of this.#client.replay(sink, request)) {
      if (problem) throw remoteProblem(problem);
      if (progress) {
        const { reached, problem: failing, ...counts } = progress;
        yield {
          ...counts,
          ...(reached !== undefined && { reached: Date.parse(reached) }),
          ...(failing && { problem: failing }),
        };
      }
      if (done) return;
    }
    throw new AppError('REMOTE_FAILED', 'replay: the answer ended early, as when Tidings is stopped');
  }

  async retry(letters: readonly ChosenLetter[]) {
    const outcomes: (Outcome & { readonly id: number })[] = [];
    const withoutSink: { readonly sink: string; readonly letters: number }[] = [];
    for (const [sink, ids] of idsBySink(letters)) {
      try {
        const { data } = await this.#client.retryDeadLetters(sink, { ids });
        outcomes.push(...data.map(({ id, outcome }) => ({ id, ...(outcome as Outcome) })));
      } catch (error) {
        if (!(error instanceof AppError && error.code === 'SINK_NOT_FOUND')) throw error;
        withoutSink.push({ sink, letters: ids.length });
      }
    }
    return { outcomes, withoutSink };
  }

  async drop(letters: readonly ChosenLetter[]): Promise<void> {
    for (const [sink, ids] of idsBySink(letters)) await this.#client.dropDeadLetters(sink, { ids });
  }

  close(): Promise<void> {
    return this.#connected.close();
  }
}

function remoteLedger(client: Client): DeliveryLedgerReader {
  return {
    deadLetters: async (query) => (await client.allDeadLetters(query)).data.rows.map(storedLetter),
    async deadLetter(id) {
      try {
        return storedLetter((await client.deadLetter(id)).data);
      } catch (error) {
        if (error instanceof RemoteFailure && error.status === 404) return undefined;
        throw error;
      }
    },
  };
}

function placeOf(start: SinkStart): string {
  if (start.kind === 'time') return new Date(start.time).toISOString();
  return start.kind === 'ago' ? `now-${start.ms}ms` : start.kind;
}

function storedLetter({ id, sink, key, at, reason, problem, record }: Letter): StoredDeadLetter {
  return { id, sink, key, at: Date.parse(at), failure: { reason, problem }, record: storedEventOf(record) };
}

function idsBySink(letters: readonly ChosenLetter[]): [sink: string, ids: number[]][] {
  const bySink = Map.groupBy(letters, ({ sink }) => sink);
  return [...bySink].map(([sink, ofSink]) => [sink, ofSink.map(({ id }) => id)]);
}
