/** Sends stored revisions to a sink again, by time instead of by the log: a new sink's past, or what one has lost. */
import type { ReplayProgress } from '../component/delivery-admin.ts';
import type { StoredEvent } from '../component/history.ts';
import type { LogPage } from '../component/log.ts';
import { Change } from '../util/change.ts';
import { SinkDelivery, type SinkDeliveryOptions } from './sink-delivery.ts';

export interface ReplayOptions {
  readonly records: AsyncIterable<StoredEvent>;
  readonly delivery: Omit<SinkDeliveryOptions, 'log' | 'appended' | 'acknowledge' | 'onGap' | 'stored'>;
  readonly onProgress: (progress: ReplayProgress) => void;
}

const PROGRESS_INTERVAL_MS = 1_000;

/**
 * Resolves when every record is delivered or a dead letter; when the signal is aborted, with what was done until then.
 * Rejects when the records cannot be read.
 */
export async function replay(options: ReplayOptions, signal: AbortSignal): Promise<ReplayProgress> {
  const { delivery: settings, onProgress } = options;
  const pages = new RecordPages(options.records);
  const count = { delivered: 0, rejected: 0, filtered: 0 };
  const ended = Promise.withResolvers<void>();
  const delivery = new SinkDelivery(
    {
      ...settings,
      log: {
        read: (_, { limit }) =>
          pages.next(limit).catch((error: unknown) => {
            ended.reject(error);
            throw error;
          }),
        beginning: async () => START,
      },
      appended: new Change(),
      acknowledge: async (cursor) => {
        if (cursor === END) ended.resolve();
      },
      onGap: async () => {},
      metrics: {
        ...settings.metrics,
        delivered(seconds) {
          count.delivered++;
          settings.metrics.delivered(seconds);
        },
        rejected() {
          count.rejected++;
          settings.metrics.rejected();
        },
        filtered: (records) => void (count.filtered += records),
      },
    },
    START,
  );
  const progress = (): ReplayProgress => {
    const { state, lastFailure } = delivery.status();
    const problem = state === 'failing' && lastFailure;
    return { read: pages.read, ...count, ...pages.reached, ...(problem && { problem }) };
  };
  const stop = (): void => ended.resolve();
  const timer = setInterval(() => onProgress(progress()), PROGRESS_INTERVAL_MS);
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (!signal.aborted && !(await pages.isEmpty())) {
      delivery.start();
      await ended.promise;
    }
    return progress();
  } finally {
    await delivery.stop();
    clearInterval(timer);
    signal.removeEventListener('abort', stop);
    await pages.close();
  }
}

const START = 'start';
const END = 'end';

/** A stream as pages of a log that ends: the cursor of the last one says so. */
class RecordPages {
  readonly #iterator: AsyncIterator<StoredEvent>;
  /** One ahead, to know which page is the last. */
  #next: Promise<IteratorResult<StoredEvent>>;
  #read = 0;
  #reached: number | undefined;

  constructor(records: AsyncIterable<StoredEvent>) {
    this.#iterator = records[Symbol.asyncIterator]();
    this.#next = this.#iterator.next();
  }

  get read(): number {
    return this.#read;
  }

  get reached(): { readonly reached?: number } {
    return this.#reached === undefined ? {} : { reached: this.#reached };
  }

  async isEmpty(): Promise<boolean> {
    return (await this.#next).done === true;
  }

  async next(limit: number): Promise<LogPage> {
    const records: StoredEvent[] = [];
    let { done, value } = await this.#next;
    while (!done && records.length < limit) {
      records.push(value as StoredEvent);
      this.#next = this.#iterator.next();
      ({ done, value } = await this.#next);
    }
    this.#read += records.length;
    this.#reached = records.at(-1)?.time ?? this.#reached;
    return {
      records,
      occurrences: records.map(({ occurrences }) => occurrences),
      cursor: done ? END : String(this.#read),
    };
  }

  async close(): Promise<void> {
    await this.#iterator.return?.();
  }
}
