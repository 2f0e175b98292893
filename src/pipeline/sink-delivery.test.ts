import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  type Answer,
  BUSY,
  byNumber,
  deliver,
  numberOf,
  numbers,
  OK,
  records,
  upTo,
  WRONG,
} from '../../test/helpers/sink-delivery.ts';
import type { Cursor, LogPage } from '../component/log.ts';
import type { Outcome } from '../component/sink.ts';
import { recordKey } from '../core/record-key.ts';
import type { SinkDeliveryOptions } from './sink-delivery.ts';

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

  test.each([
    { concurrency: 2, maxRecords: 500, window: 400 },
    { concurrency: 8, maxRecords: 500, window: 1_000 },
    { concurrency: 8, maxRecords: 1, window: 200 },
  ])(
    'holds $window records while $concurrency batches of $maxRecords hang, and reads on when they are answered',
    async ({ concurrency, maxRecords, window }) => {
      const hanging = Promise.withResolvers<void>();
      const counting = countingPrepare();
      const { append, settled, delivered, delivery, stop, store } = await deliver(
        async (batch) => {
          await hanging.promise;
          return batch.map(() => OK);
        },
        { concurrency, limits: { maxRecords, maxBytes: 1e6 }, prepare: counting.prepare },
      );
      onTestFinished(stop);
      await append(records(3_000, 100));
      await vi.waitFor(() => expect(counting.read()).toBe(window));
      expect(delivery.status().pendingSince).toBeDefined();
      expect(delivery.status().cursor).not.toBe(await store.end());
      hanging.resolve();
      await settled();
      expect(delivered).toHaveLength(3_000);
      expect(counting.read()).toBe(3_000);
    },
  );

  test('holds two pages while the destination fails', async () => {
    let answer = BUSY;
    const counting = countingPrepare();
    const { append, settled, delivered, delivery, stop } = await deliver((batch) => batch.map(() => answer), {
      concurrency: 8,
      limits: { maxRecords: 500, maxBytes: 1e6 },
      retry: { baseMs: 100, capMs: 100 },
      prepare: counting.prepare,
    });
    onTestFinished(stop);
    await append(records(1));
    await vi.waitFor(() => expect(delivery.status().state).toBe('failing'));
    await append(records(1_001, 100).slice(1));
    await vi.waitFor(() => expect(counting.read()).toBe(201));
    answer = OK;
    await settled();
    expect(delivered).toHaveLength(1_001);
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
    // It was broken off, it did not fail.
    expect(delivery.status().lastFailure).toBeUndefined();
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

  test.each<[string, Answer, Partial<SinkDeliveryOptions>]>([
    ['the dead letter of what was refused', (batch) => batch.map(() => WRONG), { reject: () => new Promise(() => {}) }],
    ['an acknowledgement', (batch) => batch.map(() => OK), { acknowledge: () => new Promise(() => {}) }],
  ])('comes to an end when it is stopped while the store does not answer to %s', async (_, answer, options) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { append, offered, delivery, store } = await deliver(answer, options);
    await append(records(4));
    await vi.waitUntil(() => offered.length === 4);
    let isStopped = false;
    const stopped = delivery.stop().then(() => {
      isStopped = true;
    });
    await vi.advanceTimersByTimeAsync(3_500);
    expect(isStopped).toBe(true);
    await stopped;
    await store.close();
  });

  test('comes to an end when it is stopped while what was under way ends and the store does not answer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const release = Promise.withResolvers<void>();
    const asked: Cursor[] = [];
    const { append, offered, delivery, store } = await deliver(
      async (batch) => {
        await release.promise;
        return batch.map(() => OK);
      },
      {
        acknowledge: (cursor) => {
          asked.push(cursor);
          return new Promise(() => {});
        },
      },
    );
    await append(records(1));
    await vi.waitUntil(() => offered.length === 1);
    let isStopped = false;
    void delivery.stop().then(() => {
      isStopped = true;
    });
    release.resolve();
    await vi.advanceTimersByTimeAsync(3_500);
    expect(isStopped).toBe(true);
    expect(asked).toEqual([await store.end()]);
    await store.close();
  });
});

function countingPrepare() {
  let count = 0;
  const prepare = async ({ records: page }: LogPage) => {
    count += page.length;
    return page.map((record) => ({ record, key: recordKey(record), occurrences: 1, labels: {}, folded: 0 }));
  };
  return { prepare, read: () => count };
}
