/** A message on its way through a lane of a sink, and what is to be done when it is through. */
import type { Message } from '../component/message.ts';
import type { Encoded, Failure } from '../component/sink.ts';
import type { EventRecord } from '../core/record.ts';
import type { Logger } from '../telemetry/log.ts';
import type { SinkMetrics } from '../telemetry/sink-metrics.ts';
import type { LaneItem } from './lane.ts';
import type { Lanes } from './lanes.ts';

/** What tells a stored record from every other. */
export interface RecordIdentity extends Pick<EventRecord, 'cluster' | 'epoch'> {
  readonly uid: string;
  readonly resourceVersion: string;
}

export interface SeatedItemOptions {
  /** Records a dead letter. */
  readonly reject: (message: Pick<Message, 'key' | 'record'>, failure: Failure) => Promise<void>;
  /** The record as it is stored; undefined when it was deleted. */
  readonly stored: (identity: RecordIdentity) => Promise<EventRecord | undefined>;
  /** Remembers, and counts, that the sink has missed so many records. */
  readonly miss: (records: number) => Promise<void>;
  readonly logger: Logger;
  readonly metrics: SinkMetrics;
  readonly now?: () => number;
}

export interface EncodedMessage {
  readonly message: Message;
  readonly encoded: Encoded<unknown>;
}

interface Seated extends EncodedMessage {
  /** Whether the record is the stored one, as it was read: no route has changed it. */
  readonly isStored: boolean;
  readonly seat: ReturnType<Lanes['assign']>[number];
  /** To be told its size when it is done. */
  readonly settle: (bytes: number) => void;
}

/**
 * A class, since up to a thousand of them wait for each sink: closures would take several times as much, and the records
 * ten times. Only a dead letter needs its record again.
 */
export class SeatedItem implements LaneItem {
  readonly encoded: Encoded<unknown>;
  readonly #options: SeatedItemOptions;
  readonly #key: string;
  readonly #receivedAt: number;
  readonly #record: EventRecord | RecordIdentity;
  readonly #seat: Seated['seat'];
  readonly #settle: Seated['settle'];

  constructor(options: SeatedItemOptions, { message, encoded, isStored, seat, settle }: Seated) {
    const { key, record } = message;
    this.encoded = encoded;
    this.#options = options;
    this.#key = key;
    this.#receivedAt = record.receivedAt;
    this.#record = isStored ? identityOf(record) : record;
    this.#seat = seat;
    this.#settle = settle;
  }

  get object(): number {
    return this.#seat.object;
  }

  delivered(): void {
    const { metrics, now = Date.now } = this.#options;
    metrics.delivered((now() - this.#receivedAt) / 1000);
    this.#leave();
  }

  async rejected(failure: Failure): Promise<void> {
    const { metrics, reject, stored, miss, logger } = this.#options;
    const key = this.#key;
    const record = 'body' in this.#record ? this.#record : await stored(this.#record);
    if (record) {
      await reject({ key, record }, failure);
      logger.warn({ key, ...failure }, 'a record became a dead letter');
      metrics.rejected();
    } else {
      await miss(1);
      logger.error({ key, ...failure }, 'a record was deleted before it could become a dead letter');
    }
    this.#leave();
  }

  #leave(): void {
    this.#seat.leave();
    this.#settle(this.encoded.bytes);
  }
}

function identityOf({ cluster, epoch, body }: EventRecord): RecordIdentity {
  const { uid, resourceVersion } = body.metadata;
  return { cluster, epoch, uid, resourceVersion };
}
