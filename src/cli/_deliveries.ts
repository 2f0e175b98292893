/** Deliveries under way, here or elsewhere, and what they would not take. */
import { type DeliveryLedgerReader, withDeliveryLedger } from '../app/open-delivery-ledger.ts';
import type { RemoteDeliveries } from '../app/remote-deliveries.ts';
import type { CliIo } from './_io.ts';
import { placeOf, type StoreFlags } from './_store-flags.ts';

/** Those that flags and environment name; closes the connection in the end. */
export async function withDeliveries<T>(
  io: CliIo,
  flags: StoreFlags,
  use: (deliveries: RemoteDeliveries) => Promise<T>,
): Promise<T> {
  const deliveries = await openDeliveries(io, flags);
  try {
    return await use(deliveries);
  } finally {
    await deliveries.close();
  }
}

async function openDeliveries(io: CliIo, flags: StoreFlags): Promise<RemoteDeliveries> {
  const place = placeOf(flags, io.env);
  const { RemoteDeliveries } = await import('../app/remote-deliveries.ts');
  if ('dataDir' in place) {
    const { connectSocket } = await import('../app/connect-socket.ts');
    return new RemoteDeliveries(connectSocket(place.dataDir), ledgerHere(place.dataDir));
  }
  const { connectTidings } = await import('../app/connect-tidings.ts');
  return new RemoteDeliveries(await connectTidings(place.address));
}

/** Of the store itself: what it holds is read whether anything runs there or not. */
function ledgerHere(dataDir: string): DeliveryLedgerReader {
  return {
    deadLetters: (query) => withDeliveryLedger(dataDir, (ledger) => ledger.deadLetters(query)),
    deadLetter: (id) => withDeliveryLedger(dataDir, (ledger) => ledger.deadLetter(id)),
  };
}
