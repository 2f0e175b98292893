import { describe, expect, test } from 'vitest';
import { revision } from '../../test/contract/event-arbitrary.ts';
import type { StoredEvent } from '../component/history.ts';
import type { LogPage } from '../component/log.ts';
import type { Outcome } from '../component/sink.ts';
import { AppError } from '../core/errors.ts';
import { recordKey } from '../core/record-key.ts';
import { createLogger } from '../telemetry/log.ts';
import { createDeliveryMetrics } from '../telemetry/sink-metrics.ts';
import { type ReplayOptions, replay } from './replay.ts';

function* records(count: number): Generator<StoredEvent> {
  for (let n = 1; n <= count; n++) {
    const record = revision({ event: n, resourceVersion: n, second: n, count: 2 * n, object: n % 7 });
    yield { ...record, occurrences: n, firstSeen: record.time };
  }
}

async function* stored(count: number, failAfter = Number.POSITIVE_INFINITY): AsyncGenerator<StoredEvent> {
  let n = 0;
  for (const record of records(count)) {
    if (n++ === failAfter) throw new AppError('STORE_DAMAGED', 'read the store: page 7 is damaged');
    yield record;
  }
}

const OK: Outcome = { status: 'ok' };

function options(answer: (n: number) => Outcome, source: AsyncIterable<StoredEvent>) {
  const delivered: number[] = [];
  const rejected: number[] = [];
  const pages: LogPage[] = [];
  const delivery: ReplayOptions['delivery'] = {
    name: 'test',
    sink: {
      encode: ({ record }) => ({ value: Number(record.body.metadata.resourceVersion), bytes: 100 }),
      async deliver(batch) {
        const outcomes = batch.map((n) => answer(Number(n)));
        for (const [index, { status }] of outcomes.entries()) if (status === 'ok') delivered.push(Number(batch[index]));
        return outcomes;
      },
      close: async () => {},
    },
    limits: { maxRecords: 50, maxBytes: 1e6 },
    concurrency: 2,
    maxDelayMs: 0,
    retry: { baseMs: 1, capMs: 2 },
    prepare: async (page) => {
      pages.push(page);
      return page.records.map((record) =>
        record.body.metadata.resourceVersion === '3'
          ? undefined
          : { record, key: recordKey(record), occurrences: 0, labels: {}, folded: 0 },
      );
    },
    reject: async ({ record }) => void rejected.push(Number(record.body.metadata.resourceVersion)),
    logger: createLogger({ format: 'json', level: 'error', destination: { write: () => {} } }),
    metrics: createDeliveryMetrics().sink('test'),
  };
  return { delivered, rejected, pages, options: { records: source, delivery, onProgress: () => {} } };
}

describe('replay', () => {
  test('accounts for every record, and says how far it came', async () => {
    const wrong: Outcome = { status: 'reject', reason: 'invalid', problem: '400' };
    const { delivered, rejected, options: given } = options((n) => (n === 5 ? wrong : OK), stored(1_234));
    const progress = await replay(given, new AbortController().signal);
    const reached = [...records(1_234)].at(-1)?.time;
    expect(progress).toEqual({ read: 1_234, delivered: 1_232, rejected: 1, filtered: 1, reached });
    expect(new Set(delivered).size).toBe(1_232);
    expect(rejected).toEqual([5]);
  });

  test('says of each record how many occurrences it adds', async () => {
    const { pages, options: given } = options(() => OK, stored(3));
    await replay(given, new AbortController().signal);
    expect(pages.flatMap(({ occurrences }) => occurrences)).toEqual([1, 2, 3]);
  });

  test('ends at once when there is nothing to send', async () => {
    const { options: given } = options(() => OK, stored(0));
    const progress = await replay(given, new AbortController().signal);
    expect(progress).toEqual({ read: 0, delivered: 0, rejected: 0, filtered: 0 });
  });

  test('ends when it is aborted, with what was done and why no more', async () => {
    const stopping = new AbortController();
    const { options: given } = options(() => {
      setImmediate(() => stopping.abort());
      return { status: 'retry', reason: 'unreachable', problem: 'refused' };
    }, stored(10));
    const progress = await replay(given, stopping.signal);
    expect(progress).toMatchObject({ delivered: 0, rejected: 0 });
  });

  test('rejects when the records cannot be read', async () => {
    const { options: given } = options(() => OK, stored(2_000, 700));
    await expect(replay(given, new AbortController().signal)).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
  });
});
