import type { DeliveryWriter } from '../../src/component/delivery-ledger.ts';
import type { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';

/** What deliveries write, straight to a store of this thread. */
export function deliveryWriter(store: ReturnType<typeof openSqliteStore>): DeliveryWriter {
  const { ledger } = store;
  return {
    acknowledge: (cursors) => store.acknowledge(cursors),
    addDeadLetters: (letters) => ledger.addDeadLetters(letters),
    removeDeadLetters: (ids) => ledger.removeDeadLetters(ids),
    forget: (sink) => ledger.forget(sink),
    setPaused: (sink, paused) => ledger.setPaused(sink, paused),
    addGap: (gap) => ledger.addGap(gap),
  };
}
