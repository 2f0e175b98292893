import type { DeliveryLedger, DeliveryWriter, StoredDeadLetter } from '../component/delivery-ledger.ts';
import type { History } from '../component/history.ts';
import type { Message } from '../component/message.ts';
import type { ObjectLookup } from '../component/object-lookup.ts';
import type { Outcome, Sink } from '../component/sink.ts';
import { messageOf } from '../core/errors.ts';
import type { EventRecord } from '../core/record.ts';
import { recordKey } from '../core/record-key.ts';
import { redactionsOf } from '../pipeline/route.ts';
import type { Route } from '../pipeline/route-config.ts';
import { redacted } from '../pipeline/sink-router.ts';
import { Turns } from '../util/turns.ts';
import { unlessAborted } from '../util/unless-aborted.ts';

/** How long an operator waits for a destination to answer. */
const SEND_TIMEOUT_MS = 30_000;

export interface DirectSendingOptions {
  readonly sink: Sink;
  readonly history: Pick<History, 'previous'>;
  readonly ledger: Pick<DeliveryLedger, 'deadLetter'>;
  readonly writer: Pick<DeliveryWriter, 'removeDeadLetters'>;
  readonly objects: ObjectLookup;
  /** Those of the sink, as they are now. */
  readonly routes: () => readonly Route[];
  /** Aborted when the sink is to be closed. */
  readonly closing: AbortSignal;
}

/** Sends records to a sink past the log and the routes, each once and by itself. */
export class DirectSending {
  readonly #options: DirectSendingOptions;
  /** Two at a time would send the same letters twice. */
  readonly #retries = new Turns();

  constructor(options: DirectSendingOptions) {
    this.#options = options;
  }

  async send(record: EventRecord, extra: Pick<Message, 'test' | 'object'> = {}): Promise<Outcome> {
    const previous = await this.#previousOf(record);
    const message = { record, key: recordKey(record), occurrences: 0, labels: {}, folded: 0, ...extra };
    return this.#deliver({ ...message, ...(previous && { previous }) });
  }

  /**
   * Sends dead letters again, and forgets those that are taken. One call after the other: of letters that are gone when
   * it is their turn nothing is said.
   */
  retry(ids: readonly number[]): Promise<ReadonlyMap<number, Outcome>> {
    return this.#retries.take(() => this.#retry(ids));
  }

  async #retry(ids: readonly number[]): Promise<ReadonlyMap<number, Outcome>> {
    const { ledger, writer } = this.#options;
    const letters = await deadLettersOf(ledger, ids);
    const outcomes = new Map<number, Outcome>();
    const objects = await this.#objectsOf(letters.map(({ record }) => record));
    for (const [index, { id, record }] of letters.entries()) {
      const object = objects[index];
      outcomes.set(id, await this.send(record, { ...(object && { object }) }));
    }
    const taken = [...outcomes].filter(([, { status }]) => status === 'ok').map(([id]) => id);
    await writer.removeDeadLetters(taken);
    return outcomes;
  }

  /** The revision before, where the sink needs it and it is stored. */
  async #previousOf(record: EventRecord): Promise<EventRecord | undefined> {
    const { sink, history, routes } = this.#options;
    const [previous] = sink.needs?.previous ? await history.previous([record]) : [];
    // A dead letter shows what its routes let through; which they were is not known any more.
    return previous && redacted(previous, redactionsOf(routes()));
  }

  /** What is known of the object of each, where the sink sends that and is not closed meanwhile. */
  async #objectsOf(records: readonly EventRecord[]): Promise<readonly Message['object'][]> {
    const { sink, objects, closing } = this.#options;
    if (!sink.needs?.object) return [];
    return unlessAborted(objects.lookUp(records), closing).catch(() => []);
  }

  async #deliver(message: Message): Promise<Outcome> {
    const { sink, closing } = this.#options;
    const signal = AbortSignal.any([closing, AbortSignal.timeout(SEND_TIMEOUT_MS)]);
    try {
      signal.throwIfAborted();
      const { value } = sink.encode(message);
      const [outcome] = await unlessAborted(sink.deliver([value], signal), signal);
      return outcome ?? { status: 'retry', reason: 'other', problem: 'the sink said nothing' };
    } catch (error) {
      return { status: 'retry', reason: 'other', problem: messageOf(error) };
    }
  }
}

/** Those of the ids that are there. */
export async function deadLettersOf(
  ledger: Pick<DeliveryLedger, 'deadLetter'>,
  ids: readonly number[],
): Promise<readonly StoredDeadLetter[]> {
  const letters = await Promise.all(ids.map((id) => ledger.deadLetter(id)));
  return letters.filter((letter) => letter !== undefined);
}
