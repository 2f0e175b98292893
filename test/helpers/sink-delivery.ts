/** A delivery from a log to a destination that answers as a test says. */
import { expect, vi } from 'vitest';
import type { Cursor } from '../../src/component/log.ts';
import type { BatchLimits, Failure, Outcome, Sink } from '../../src/component/sink.ts';
import type { EventRecord } from '../../src/core/record.ts';
import { recordKey } from '../../src/core/record-key.ts';
import { SinkDelivery, type SinkDeliveryOptions } from '../../src/pipeline/sink-delivery.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { createLogger } from '../../src/telemetry/log.ts';
import { createDeliveryMetrics } from '../../src/telemetry/sink-metrics.ts';
import { Change } from '../../src/util/change.ts';
import { revision } from '../contract/event-arbitrary.ts';

/** What the destination in the tests is sent: the record's number and its object's. */
export interface Sent {
  readonly n: number;
  readonly object: string;
}

export type Answer = (batch: readonly Sent[], signal: AbortSignal) => readonly Outcome[] | Promise<readonly Outcome[]>;

export const OK: Outcome = { status: 'ok' };
export const BUSY: Outcome = { status: 'retry', reason: 'rate_limited', problem: 'POST /: 429 found' };
export const BROKEN: Outcome = { status: 'retry', reason: 'server_error', problem: 'POST /: 500 found' };
export const WRONG: Outcome = { status: 'reject', reason: 'invalid', problem: 'POST /: 400 found' };

/** Records 1, 2, 3, … about so many objects in turn. */
export function records(count: number, objects = 3): readonly EventRecord[] {
  return Array.from({ length: count }, (_, index) =>
    revision({ event: index, resourceVersion: index + 1, second: index, count: 1, object: index % objects }),
  );
}

export const numberOf = (record: EventRecord): number => Number(record.body.metadata.resourceVersion);

export async function deliver(
  answer: Answer,
  options: Partial<SinkDeliveryOptions> & {
    readonly from?: Cursor;
    readonly ownLimits?: BatchLimits;
    /** In place of the store, where what is to become a dead letter is looked for. */
    readonly find?: () => Promise<EventRecord | undefined>;
  } = {},
) {
  const store = openSqliteStore({ path: ':memory:' });
  await store.register({ name: 'prod' });
  const appended = new Change();
  const offered: Sent[] = [];
  const delivered: Sent[] = [];
  const deadLetters: { readonly n: number; readonly failure: Failure }[] = [];
  const acknowledged: Cursor[] = [];
  const metrics = createDeliveryMetrics();
  const sink: Sink<Sent> = {
    encode: ({ record }) => ({ value: { n: numberOf(record), object: record.subject.name ?? '' }, bytes: 100 }),
    async deliver(batch, signal) {
      offered.push(...batch);
      const outcomes = await answer(batch, signal);
      for (const [index, outcome] of outcomes.entries()) {
        const item = batch[index];
        if (outcome.status === 'ok' && item) delivered.push(item);
      }
      return outcomes;
    },
    close: async () => {},
    ...(options.ownLimits && { limits: options.ownLimits }),
  };
  const start = (cursor: Cursor): SinkDelivery => {
    const delivery = new SinkDelivery(
      {
        name: 'test',
        sink,
        limits: { maxRecords: 4, maxBytes: 1_000 },
        concurrency: 2,
        maxDelayMs: 0,
        retry: { baseMs: 1, capMs: 2 },
        log: store,
        appended,
        prepare: async (page) =>
          page.records.map((record) => ({ record, key: recordKey(record), occurrences: 1, labels: {}, folded: 0 })),
        acknowledge: async (done) => void acknowledged.push(done),
        reject: async ({ record }, failure) => void deadLetters.push({ n: numberOf(record), failure }),
        stored: {
          find: async ({ uid, resourceVersion }) =>
            options.find ? options.find() : (await store.revision(uid, resourceVersion))[0],
          miss: async (count) => metrics.sink('test').missed(count),
        },
        onGap: async () => {},
        logger: createLogger({ format: 'json', level: 'error', destination: { write: () => {} } }),
        metrics: metrics.sink('test'),
        ...options,
      },
      cursor,
    );
    delivery.start();
    return delivery;
  };
  const delivery = start(options.from ?? (await store.beginning()));
  const stop = async (): Promise<void> => {
    await delivery.stop();
    await store.close();
  };
  return {
    store,
    delivery,
    start,
    stop,
    offered,
    delivered,
    deadLetters,
    acknowledged,
    text: () => metrics.registry.metrics(),
    append: async (batch: readonly EventRecord[]) => {
      await store.append([{ cluster: 'prod', epoch: 1, scope: '*', records: batch }]);
      appended.notify();
    },
    /** Waits until all of the log is acknowledged. */
    settled: async () => {
      const end = await store.end();
      await vi.waitFor(() => expect(acknowledged.at(-1)).toBe(end), { timeout: 10_000, interval: 2 });
    },
  };
}

export const byNumber = (a: number, b: number): number => a - b;
export const numbers = (sent: readonly { readonly n: number }[]): readonly number[] =>
  sent.map(({ n }) => n).sort(byNumber);
export const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);
