/** Deliveries under way, here or elsewhere, and what they would not take. */
import { withDeliveryLedger } from '../app/open-delivery-ledger.ts';
import type { ReplayProgress, ReplayRequest, SinkStatus } from '../component/delivery-admin.ts';
import type { DeliveryLedger, StoredDeadLetter } from '../component/delivery-ledger.ts';
import type { Outcome } from '../component/sink.ts';
import type { SinkStart } from '../component/sink-start.ts';
import { AdminClient } from './_admin-client.ts';
import type { CliIo } from './_io.ts';
import { placeOf, type StoreFlags } from './_store-flags.ts';

export type ChosenLetter = Pick<StoredDeadLetter, 'id' | 'sink'>;

export interface RetriedLetters {
  readonly outcomes: readonly (Outcome & { readonly id: number })[];
  readonly withoutSink: readonly { readonly sink: string; readonly letters: number }[];
}

/** As `DeliveryAdmin` and `DeliveryLedger`, whose errors these are. */
export interface OperatedDeliveries extends Pick<DeliveryLedger, 'deadLetters' | 'deadLetter'> {
  sinks(): Promise<readonly SinkStatus[]>;
  test(sink: string): Promise<Outcome>;
  pause(sink: string): Promise<void>;
  resume(sink: string): Promise<void>;
  forget(sink: string): Promise<void>;
  seek(sink: string, start: SinkStart): Promise<void>;
  retry(letters: readonly ChosenLetter[]): Promise<RetriedLetters>;
  drop(letters: readonly ChosenLetter[]): Promise<void>;
  replay(request: ReplayRequest): AsyncIterable<ReplayProgress>;
  close(): Promise<void>;
}

/** Those that flags and environment name; closes the connection in the end. */
export async function withDeliveries<T>(
  io: CliIo,
  flags: StoreFlags,
  use: (deliveries: OperatedDeliveries) => Promise<T>,
): Promise<T> {
  const deliveries = await openDeliveries(io, flags);
  try {
    return await use(deliveries);
  } finally {
    await deliveries.close();
  }
}

async function openDeliveries(io: CliIo, flags: StoreFlags): Promise<OperatedDeliveries> {
  const place = placeOf(flags, io.env);
  if ('dataDir' in place) return localDeliveries(place.dataDir, io);
  const [{ connectTidings }, { RemoteDeliveries }] = await Promise.all([
    import('../app/connect-tidings.ts'),
    import('../app/remote-deliveries.ts'),
  ]);
  return new RemoteDeliveries(await connectTidings(place.address));
}

/** What is done goes through the socket of the program that runs there; what is read is in the store. */
function localDeliveries(dataDir: string, io: CliIo): OperatedDeliveries {
  // When it is used: whoever only reads is not stopped gracefully.
  const client = () => new AdminClient(dataDir, io.signal);
  const act = async (sink: string, action: string, body?: unknown): Promise<void> => {
    await client().ask('POST', `/v1/sinks/${encodeURIComponent(sink)}/${action}`, body);
  };
  const ids = (letters: readonly ChosenLetter[]) => ({ ids: letters.map(({ id }) => id) });
  return {
    sinks: async () => (await client().ask<{ readonly sinks: readonly SinkStatus[] }>('GET', '/v1/sinks')).sinks,
    test: async (sink) => {
      const path = `/v1/sinks/${encodeURIComponent(sink)}/test`;
      return (await client().ask<{ readonly outcome: Outcome }>('POST', path)).outcome;
    },
    pause: (sink) => act(sink, 'pause'),
    resume: (sink) => act(sink, 'resume'),
    forget: (sink) => act(sink, 'forget'),
    seek: (sink, start) => act(sink, 'seek', { start }),
    retry: (letters) => client().ask<RetriedLetters>('POST', '/v1/dead-letters/retry', ids(letters)),
    drop: async (letters) => {
      await client().ask('POST', '/v1/dead-letters/drop', ids(letters));
    },
    async *replay(request) {
      const lines = client().lines<{ readonly progress: ReplayProgress }>('POST', '/v1/replays', request);
      for await (const { progress } of lines) yield progress;
    },
    deadLetters: (query) => withDeliveryLedger(dataDir, (ledger) => ledger.deadLetters(query)),
    deadLetter: (id) => withDeliveryLedger(dataDir, (ledger) => ledger.deadLetter(id)),
    close: async () => {},
  };
}
