import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { revision } from '../../test/contract/event-arbitrary.ts';
import type { Cursor } from '../component/log.ts';
import type { Message } from '../component/message.ts';
import type { BatchLimits, Failure, Outcome, Sink } from '../component/sink.ts';
import { AppError } from '../core/errors.ts';
import type { EventRecord } from '../core/record.ts';
import { recordKey } from '../core/record-key.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import { createLogger } from '../telemetry/log.ts';
import { createDeliveryMetrics } from '../telemetry/sink-metrics.ts';
import { Change } from '../util/change.ts';
import { SinkDelivery, type SinkDeliveryOptions } from './sink-delivery.ts';

/** What the destination in the tests is sent: the record's number and its object's. */
interface Sent {
  readonly n: number;
  readonly object: string;
}

type Answer = (batch: readonly Sent[], signal: AbortSignal) => readonly Outcome[] | Promise<readonly Outcome[]>;

const OK: Outcome = { status: 'ok' };
const BUSY: Outcome = { status: 'retry', reason: 'rate_limited', problem: 'POST /: 429 found' };
const BROKEN: Outcome = { status: 'retry', reason: 'server_error', problem: 'POST /: 500 found' };
const WRONG: Outcome = { status: 'reject', reason: 'invalid', problem: 'POST /: 400 found' };

/** Records 1, 2, 3, … about so many objects in turn. */
function records(count: number, objects = 3): readonly EventRecord[] {
  return Array.from({ length: count }, (_, index) =>
    revision({ event: index, resourceVersion: index + 1, second: index, count: 1, object: index % objects }),
  );
}

const numberOf = (record: EventRecord): number => Number(record.body.metadata.resourceVersion);

async function deliver(
  answer: Answer,
  options: Partial<SinkDeliveryOptions> & { readonly from?: Cursor; readonly ownLimits?: BatchLimits } = {},
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
        reject: async ({ record }: Message, failure) => void deadLetters.push({ n: numberOf(record), failure }),
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

const byNumber = (a: number, b: number): number => a - b;
const numbers = (sent: readonly { readonly n: number }[]): readonly number[] => sent.map(({ n }) => n).sort(byNumber);
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('SinkDelivery', () => {
  test('delivers what is in the log and what is appended, in batches within the limits', async () => {
    const sizes: number[] = [];
    const { append, settled, delivered, stop } = await deliver((batch) => {
      sizes.push(batch.length);
      return batch.map(() => OK);
    });
    onTestFinished(stop);
    const all = records(30);
    await append(all.slice(0, 20));
    await append(all.slice(20));
    await settled();
    expect(numbers(delivered)).toEqual(upTo(30));
    expect(Math.max(...sizes)).toBe(4);
  });

  test.each([
    [{ maxRecords: 1, maxBytes: 1_000 }, 1],
    [{ maxRecords: 100, maxBytes: 300 }, 3],
    [{ maxRecords: 100, maxBytes: 100_000 }, 4],
  ])('keeps batches within what the settings of the sink leave of the limits: %j', async (ownLimits, largest) => {
    const sizes: number[] = [];
    const answer: Answer = (batch) => {
      sizes.push(batch.length);
      return batch.map(() => OK);
    };
    const { append, settled, stop } = await deliver(answer, { ownLimits });
    onTestFinished(stop);
    await append(records(30));
    await settled();
    expect(Math.max(...sizes)).toBe(largest);
  });

  test('accounts for every record, once and in the order of its object, whatever the destination answers', async () => {
    const answers = fc.array(
      fc.oneof(
        { weight: 4, arbitrary: fc.constant('ok' as const) },
        { weight: 2, arbitrary: fc.constant('retry' as const) },
        { weight: 1, arbitrary: fc.constant('reject' as const) },
        { weight: 1, arbitrary: fc.constant('throw' as const) },
      ),
      { minLength: 1, maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(answers, fc.integer({ min: 1, max: 5 }), async (script, objects) => {
        let step = 0;
        const next = (): string => script[step++] ?? 'ok';
        const { append, settled, delivered, deadLetters, stop } = await deliver((batch) => {
          // Items of a batch fail from some point on: a destination that takes the later ones of an object is no queue.
          const outcomes: Outcome[] = [];
          let failed: Outcome | undefined;
          for (const _ of batch) {
            const answer = failed ? 'retry' : next();
            if (answer === 'throw') throw new Error('connection reset');
            if (answer === 'retry') failed = BUSY;
            outcomes.push(failed ?? (answer === 'reject' ? WRONG : OK));
          }
          return outcomes;
        });
        try {
          await append(records(25, objects));
          await settled();
          expect([...numbers(delivered), ...numbers(deadLetters)].sort(byNumber)).toEqual(upTo(25));
          for (const object of new Set(delivered.map((sent) => sent.object))) {
            const order = delivered.filter((sent) => sent.object === object).map(({ n }) => n);
            expect(order).toEqual([...order].sort(byNumber));
          }
        } finally {
          await stop();
        }
      }),
      { numRuns: 60 },
    );
  });

  test('acknowledges nothing that lies after a record that is not done', async () => {
    let isHealthy = false;
    const { append, settled, acknowledged, delivered, stop } = await deliver(
      (batch) => batch.map(({ n }) => (n === 1 && !isHealthy ? BUSY : OK)),
      { concurrency: 3 },
    );
    onTestFinished(stop);
    await append(records(3));
    await append(records(9).slice(3));
    await vi.waitFor(() => expect(numbers(delivered)).toContain(9));
    expect(acknowledged).toEqual([]);
    isHealthy = true;
    await settled();
  });

  test('delivers what was not acknowledged again after a restart, and nothing else', async () => {
    const first = await deliver((batch) => batch.map(({ n }) => (n > 4 ? BUSY : OK)));
    onTestFinished(first.stop);
    await first.append(records(4));
    await first.settled();
    await first.append(records(8).slice(4));
    await vi.waitFor(() => expect(numbers(first.offered)).toContain(5));
    await first.delivery.stop();
    first.offered.length = 0;
    const again = first.start(first.acknowledged.at(-1) ?? '');
    onTestFinished(() => again.stop());
    await vi.waitFor(() => expect(new Set(numbers(first.offered))).toEqual(new Set([5, 6, 7, 8])));
  });

  test.each<[string, Answer]>([
    ['by itself', (batch) => batch.map(({ n }) => (n === 2 ? BROKEN : OK))],
    ['and everything that is with it', (batch) => batch.map(() => (batch.some(({ n }) => n === 2) ? BROKEN : OK))],
  ])('gives an item up that is refused again and again, %s, while others are taken', async (_, answer) => {
    const { append, settled, deadLetters, delivered, stop } = await deliver(answer);
    onTestFinished(stop);
    const all = records(2_000);
    let next = 60;
    await append(all.slice(0, next));
    await vi.waitFor(
      async () => {
        await append(all.slice(next, ++next));
        expect(deadLetters.map(({ n }) => n)).toEqual([2]);
      },
      { timeout: 10_000, interval: 2 },
    );
    expect(deadLetters[0]?.failure.problem).toContain('tried 10 times while others were taken');
    await settled();
    expect(numbers(delivered)).not.toContain(2);
  });

  test('gives nothing up for being busy', async () => {
    const answers: number[] = [];
    const { append, settled, deadLetters, stop } = await deliver((batch) =>
      batch.map(({ n }) => {
        if (n === 2) answers.push(n);
        return n === 2 && answers.length < 40 ? BUSY : OK;
      }),
    );
    onTestFinished(stop);
    await append(records(60));
    await settled();
    expect(answers).toHaveLength(40);
    expect(deadLetters).toEqual([]);
  });

  test('tries for ever while the destination takes nothing, one batch at a time, and goes on when it does', async () => {
    let isHealthy = false;
    let attempts = 0;
    let underWay = 0;
    let most = 0;
    const { append, settled, delivered, deadLetters, delivery, stop } = await deliver(
      async (batch) => {
        underWay++;
        await Promise.resolve();
        // Those that were under way before the first failure came back do not count.
        if (!isHealthy && ++attempts > 4) most = Math.max(most, underWay);
        underWay--;
        return batch.map(() => (isHealthy ? OK : BUSY));
      },
      { concurrency: 4 },
    );
    onTestFinished(stop);
    await append(records(12, 12));
    await vi.waitFor(() => expect(delivery.status().state).toBe('failing'));
    expect(delivery.status().lastFailure).toMatchObject({ reason: 'rate_limited', problem: 'POST /: 429 found' });
    await vi.waitFor(() => expect(attempts).toBeGreaterThan(20));
    isHealthy = true;
    await settled();
    expect(numbers(delivered)).toEqual(upTo(12));
    expect(deadLetters).toEqual([]);
    expect(most).toBe(1);
    expect(delivery.status().state).toBe('delivering');
  });

  test('waits as long as the destination asked for', async () => {
    const times: number[] = [];
    const { append, settled, stop } = await deliver((batch) => {
      times.push(performance.now());
      return batch.map(() => (times.length === 1 ? { ...BUSY, afterMs: 150 } : OK));
    });
    onTestFinished(stop);
    await append(records(1));
    await settled();
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(145);
  });

  test('holds no more than a window while the destination hangs, and reads on when it answers', async () => {
    const hanging = Promise.withResolvers<void>();
    let read = 0;
    const { append, settled, delivered, delivery, stop, store } = await deliver(
      async (batch) => {
        await hanging.promise;
        return batch.map(() => OK);
      },
      {
        limits: { maxRecords: 500, maxBytes: 1e6 },
        prepare: async (page) => {
          read += page.records.length;
          return page.records.map((record) => ({
            record,
            key: recordKey(record),
            occurrences: 1,
            labels: {},
            folded: 0,
          }));
        },
      },
    );
    onTestFinished(stop);
    await append(records(6_000, 100));
    await vi.waitFor(() => expect(read).toBe(2_000));
    expect(delivery.status().pendingSince).toBeDefined();
    expect(delivery.status().cursor).not.toBe(await store.end());
    hanging.resolve();
    await settled();
    expect(delivered).toHaveLength(6_000);
    expect(read).toBe(6_000);
  });

  test('passes over records that no route leads here, and counts them', async () => {
    const { append, settled, delivered, stop, text } = await deliver((batch) => batch.map(() => OK), {
      prepare: async (page) =>
        page.records.map((record) =>
          numberOf(record) % 2 === 0
            ? { record, key: recordKey(record), occurrences: 1, labels: {}, folded: 0 }
            : undefined,
        ),
    });
    onTestFinished(stop);
    await append(records(10));
    await settled();
    expect(numbers(delivered)).toEqual([2, 4, 6, 8, 10]);
    expect(await text()).toContain('tidings_sink_records_total{sink="test",outcome="filtered"} 5\n');
    expect(await text()).toContain('tidings_sink_records_total{sink="test",outcome="delivered"} 5\n');
  });

  test('keeps a rejected record until its dead letter is recorded', async () => {
    let refusals = 3;
    const letters: number[] = [];
    const { append, settled, stop } = await deliver((batch) => batch.map(() => WRONG), {
      reject: async ({ record }) => {
        if (refusals-- > 0) throw new AppError('STORE_FULL', 'record a dead letter: no space left');
        letters.push(numberOf(record));
      },
    });
    onTestFinished(stop);
    await append(records(2));
    await settled();
    expect(letters.sort(byNumber)).toEqual([1, 2]);
  });

  test('prepares and counts a page once, also when the dead letter of what cannot be sent is recorded late', async () => {
    let refusals = 3;
    const prepared: number[] = [];
    const letters: number[] = [];
    const { append, settled, stop, text } = await deliver((batch) => batch.map(() => OK), {
      sink: {
        encode({ record }) {
          if (numberOf(record) === 2) throw new TypeError('it has no text');
          return { value: numberOf(record), bytes: 100 };
        },
        deliver: async (batch) => batch.map(() => OK),
        close: async () => {},
      },
      prepare: async (page) =>
        page.records.map((record) => {
          prepared.push(numberOf(record));
          if (numberOf(record) === 3) return undefined;
          return { record, key: recordKey(record), occurrences: 1, labels: {}, folded: 0 };
        }),
      reject: async ({ record }) => {
        if (refusals-- > 0) throw new AppError('STORE_FULL', 'record a dead letter: no space left');
        letters.push(numberOf(record));
      },
    });
    onTestFinished(stop);
    await append(records(3));
    await settled();
    expect([prepared, letters]).toEqual([[1, 2, 3], [2]]);
    for (const outcome of ['delivered', 'rejected', 'filtered']) {
      expect(await text()).toContain(`tidings_sink_records_total{sink="test",outcome="${outcome}"} 1\n`);
    }
  });

  test('has all the dead letters of a batch recorded at the same time', async () => {
    const recorded = Promise.withResolvers<void>();
    const rejected: number[] = [];
    const { append, settled, stop } = await deliver((batch) => batch.map(() => WRONG), {
      concurrency: 1,
      reject: ({ record }) => {
        rejected.push(numberOf(record));
        return recorded.promise;
      },
    });
    onTestFinished(stop);
    await append(records(4));
    await vi.waitFor(() => expect(rejected).toEqual(upTo(4)));
    recorded.resolve();
    await settled();
  });

  test('has all the dead letters of a page that cannot be encoded recorded at the same time', async () => {
    const recorded = Promise.withResolvers<void>();
    const rejected: number[] = [];
    const { append, settled, stop } = await deliver(() => [], {
      sink: {
        encode: () => {
          throw new Error('the template is wrong');
        },
        deliver: async () => [],
        close: async () => {},
      },
      reject: ({ record }) => {
        rejected.push(numberOf(record));
        return recorded.promise;
      },
    });
    onTestFinished(stop);
    await append(records(4));
    await vi.waitFor(() => expect(rejected).toEqual(upTo(4)));
    recorded.resolve();
    await settled();
  });

  test('skips what the log no longer holds, and says which stretch that was', async () => {
    const gaps: [Cursor, Cursor][] = [];
    const { append, settled, start, store, delivery, delivered, stop } = await deliver((batch) => batch.map(() => OK), {
      onGap: async (from, to) => void gaps.push([from, to]),
    });
    onTestFinished(stop);
    const beginning = await store.beginning();
    await delivery.stop();
    await append(records(3));
    const truncated = await store.end();
    await store.truncate(truncated);
    await append(records(5).slice(3));
    const late = start(beginning);
    onTestFinished(() => late.stop());
    await settled();
    expect(gaps).toEqual([[beginning, truncated]]);
    expect(numbers(delivered)).toEqual([4, 5]);
  });

  test('lets a batch under way end when it is stopped, and aborts one that hangs', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    let aborted = false;
    const { append, offered, delivery } = await deliver(async (batch, signal) => {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      aborted = signal.aborted;
      return batch.map(() => BUSY);
    });
    await append(records(1));
    await vi.waitUntil(() => offered.length === 1);
    const stopped = delivery.stop();
    await vi.advanceTimersByTimeAsync(1_900);
    expect(aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(200);
    await stopped;
    expect(aborted).toBe(true);
  });

  test('comes to an end when it is stopped though the sink never does, and acknowledges what was done', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const release = Promise.withResolvers<void>();
    const { append, offered, delivery, store, acknowledged } = await deliver(
      async (batch) => {
        if (batch.some(({ n }) => n === 2)) await new Promise(() => {});
        else await release.promise;
        return batch.map(() => OK);
      },
      { concurrency: 3, limits: { maxRecords: 1, maxBytes: 1_000 } },
    );
    await append(records(3).slice(0, 1));
    const first = await store.end();
    await vi.waitUntil(() => offered.length === 1);
    await append(records(3).slice(1));
    await vi.waitUntil(() => offered.length >= 2);
    const stopped = delivery.stop();
    release.resolve();
    await vi.advanceTimersByTimeAsync(3_000);
    await stopped;
    expect(acknowledged).toEqual([first]);
  });
});
