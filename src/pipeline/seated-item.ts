/** A message on its way through a lane of a sink, and what is to be done when it is through. */
import type { Message } from '../component/message.ts';
import type { Encoded, Failure } from '../component/sink.ts';
import type { Logger } from '../telemetry/log.ts';
import type { SinkMetrics } from '../telemetry/sink-metrics.ts';
import type { LaneItem } from './lane.ts';
import type { Lanes } from './lanes.ts';

export interface SeatedItemOptions {
  /** Records a dead letter. */
  readonly reject: (message: Message, failure: Failure) => Promise<void>;
  readonly logger: Logger;
  readonly metrics: SinkMetrics;
  readonly now?: () => number;
}

export interface EncodedMessage {
  readonly message: Message;
  readonly encoded: Encoded<unknown>;
}

interface Seated extends EncodedMessage {
  readonly seat: ReturnType<Lanes['assign']>[number];
  /** To be told its size when it is done. */
  readonly settle: (bytes: number) => void;
}

/** A class, since up to a thousand of them wait for each sink: closures would take several times as much. */
export class SeatedItem implements LaneItem {
  readonly encoded: Encoded<unknown>;
  readonly #options: SeatedItemOptions;
  readonly #message: Message;
  readonly #seat: Seated['seat'];
  readonly #settle: Seated['settle'];

  constructor(options: SeatedItemOptions, { message, encoded, seat, settle }: Seated) {
    this.encoded = encoded;
    this.#options = options;
    this.#message = message;
    this.#seat = seat;
    this.#settle = settle;
  }

  get object(): number {
    return this.#seat.object;
  }

  delivered(): void {
    const { metrics, now = Date.now } = this.#options;
    metrics.delivered((now() - this.#message.record.receivedAt) / 1000);
    this.#leave();
  }

  async rejected(failure: Failure): Promise<void> {
    const { metrics, reject, logger } = this.#options;
    await reject(this.#message, failure);
    logger.warn({ key: this.#message.key, ...failure }, 'a record became a dead letter');
    metrics.rejected();
    this.#leave();
  }

  #leave(): void {
    this.#seat.leave();
    this.#settle(this.encoded.bytes);
  }
}
