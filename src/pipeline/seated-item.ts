/** A message on its way through a lane of a sink, and what is to be done when it is through. */
import type { Message } from '../component/message.ts';
import type { Encoded, Failure } from '../component/sink.ts';
import type { EventRecord } from '../core/record.ts';
import type { Logger } from '../telemetry/log.ts';
import type { SinkMetrics } from '../telemetry/sink-metrics.ts';
import type { LaneItem } from './lane.ts';

/** What tells a stored record from every other. */
export interface RecordIdentity extends Pick<EventRecord, 'cluster' | 'epoch'> {
  readonly uid: string;
  readonly resourceVersion: string;
}

/** Where items that let go of their records find them again. */
export interface StoredRecords {
  /** Undefined when it was deleted. */
  find(identity: RecordIdentity): Promise<EventRecord | undefined>;
  /** Remembers, and counts, that the sink has missed so many of them. */
  miss(records: number): Promise<void>;
}

export interface SeatedItemOptions {
  /** Records a dead letter. */
  readonly reject: (message: Pick<Message, 'key' | 'record'>, failure: Failure) => Promise<void>;
  /** Absent where items keep their records. */
  readonly stored?: StoredRecords;
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
  readonly object: number;
  /** To be called when it is done. */
  readonly settle: (item: LaneItem) => void;
}

/**
 * A class, since up to a thousand of them wait for each sink: closures would take several times as much, and the records
 * ten times. Only a dead letter needs its record again.
 */
export class SeatedItem implements LaneItem {
  readonly encoded: Encoded<unknown>;
  readonly object: number;
  readonly #options: SeatedItemOptions;
  readonly #key: string;
  readonly #receivedAt: number;
  readonly #record: EventRecord | RecordIdentity;
  readonly #settle: Seated['settle'];

  constructor(options: SeatedItemOptions, { message, encoded, isStored, object, settle }: Seated) {
    const { key, record } = message;
    this.encoded = encoded;
    this.object = object;
    this.#options = options;
    this.#key = key;
    this.#receivedAt = record.receivedAt;
    this.#record = isStored && options.stored ? identityOf(record) : record;
    this.#settle = settle;
  }

  delivered(): void {
    const { metrics, now = Date.now } = this.#options;
    metrics.delivered((now() - this.#receivedAt) / 1000);
    this.#settle(this);
  }

  async rejected(failure: Failure): Promise<void> {
    const { metrics, reject, stored, logger } = this.#options;
    const key = this.#key;
    const record = 'body' in this.#record ? this.#record : await stored?.find(this.#record);
    if (record) {
      await reject({ key, record }, failure);
      logger.warn({ key, ...failure }, 'a record became a dead letter');
      metrics.rejected();
    } else {
      await stored?.miss(1);
      logger.error({ key, ...failure }, 'a record was deleted before it could become a dead letter');
    }
    this.#settle(this);
  }
}

function identityOf({ cluster, epoch, body }: EventRecord): RecordIdentity {
  const { uid, resourceVersion } = body.metadata;
  return { cluster, epoch, uid, resourceVersion };
}
