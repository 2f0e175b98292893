import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  type Answer,
  BROKEN,
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
import type { Failure, Outcome, Sink } from '../component/sink.ts';
import { AppError } from '../core/errors.ts';
import type { EventRecord } from '../core/record.ts';
import { recordKey } from '../core/record-key.ts';

describe('SinkDelivery to a destination that fails', () => {
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
    expect(deadLetters[0]?.failure.problem).toContain('tried 100 times while others were taken');
    await settled();
    expect(numbers(delivered)).not.toContain(2);
  });

  test.each([1, 12, 24])('finds out that record %i alone is wrong, with one lane and nobody else', async (wrong) => {
    const { append, settled, deadLetters, delivered, stop } = await deliver(
      (batch) => batch.map(() => (batch.some(({ n }) => n === wrong) ? BROKEN : OK)),
      { concurrency: 1, limits: { maxRecords: 100, maxBytes: 1e6 } },
    );
    onTestFinished(stop);
    const all = records(1_000, 6);
    const isHeldUp = (n: number): boolean => n >= wrong && (n - wrong) % 6 === 0;
    await append(all.slice(0, 24));
    // What must not come before it waits with it.
    await vi.waitFor(() => expect(numbers(delivered)).toEqual(upTo(24).filter((n) => !isHeldUp(n))), {
      timeout: 5_000,
    });
    let next = 24;
    await vi.waitFor(
      async () => {
        await append(all.slice(next, ++next));
        expect(deadLetters.map(({ n }) => n)).toEqual([wrong]);
      },
      { timeout: 10_000, interval: 2 },
    );
    await settled();
    expect(numbers(delivered)).toEqual(upTo(next).filter((n) => n !== wrong));
    for (const ofObject of Map.groupBy(delivered, ({ object }) => object).values()) {
      expect(ofObject).toEqual(ofObject.toSorted((one, other) => one.n - other.n));
    }
  });

  test.each<[string, (taken: readonly Outcome[]) => unknown]>([
    ['says nothing', () => undefined],
    ['says something about nobody', () => []],
    ['leaves one out', (taken) => [undefined, ...taken.slice(1)]],
    ['says too much', (taken) => [...taken.map(() => BROKEN), OK]],
  ])('sends again, and tells of it, what a sink is given that %s', async (_, said) => {
    const failures: Failure[] = [];
    const sent: unknown[] = [];
    const sink: Sink = {
      encode: ({ record }) => ({ value: numberOf(record), bytes: 100 }),
      async deliver(batch) {
        sent.push(...batch);
        const taken = batch.map(() => OK);
        return failures.length === 0 ? (said(taken) as readonly Outcome[]) : taken;
      },
      close: async () => {},
    };
    const onFailure = (failure: Failure): void => void failures.push(failure);
    const { append, settled, stop } = await deliver(() => [], { sink, onFailure, concurrency: 1 });
    onTestFinished(stop);
    await append(records(3));
    await settled();
    expect(failures).toHaveLength(1);
    expect(sent.length).toBeGreaterThan(3);
    expect(new Set(sent)).toEqual(new Set(upTo(3)));
  });

  test('gives nothing up for being busy', async () => {
    const answers: number[] = [];
    const { append, settled, deadLetters, stop } = await deliver((batch) =>
      batch.map(({ n }) => {
        if (n === 2) answers.push(n);
        return n === 2 && answers.length < 140 ? BUSY : OK;
      }),
    );
    onTestFinished(stop);
    await append(records(60));
    await settled();
    expect(answers).toHaveLength(140);
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

  test('makes a dead letter of the record as it is stored, or as its routes have changed it', async () => {
    const letters: EventRecord[] = [];
    const { append, settled, stop, store } = await deliver((batch) => batch.map(() => WRONG), {
      prepare: async (page) =>
        page.records.map((record) => {
          const isChanged = numberOf(record) === 2;
          const sent = isChanged ? { ...record, body: { ...record.body, message: 'redacted' } } : record;
          return { record: sent, key: recordKey(record), occurrences: 1, labels: {}, folded: 0 };
        }),
      reject: async ({ record }) => void letters.push(record),
    });
    onTestFinished(stop);
    const offered = records(3);
    await append(offered);
    await settled();
    const { records: read } = await store.read(await store.beginning(), { limit: 3 });
    const inOrder = letters.toSorted((one, other) => numberOf(one) - numberOf(other));
    expect(inOrder.map(({ body }) => body.message)).toEqual([read[0]?.body.message, 'redacted', read[2]?.body.message]);
    expect(inOrder[0]).toMatchObject({ ...read[0] });
  });

  test('goes on, and counts what is missed, when what is to become a dead letter was deleted meanwhile', async () => {
    let lookUps = 0;
    const { append, settled, stop, text, deadLetters } = await deliver((batch) => batch.map(() => WRONG), {
      async find() {
        // Tried again, as whatever keeps a dead letter from being recorded.
        if (lookUps++ === 0) throw new AppError('STORE_FAILED', 'read the store: disk I/O error');
        return undefined;
      },
    });
    onTestFinished(stop);
    await append(records(1));
    await settled();
    expect(deadLetters).toEqual([]);
    expect(await text()).toContain('tidings_sink_records_total{sink="test",outcome="missed"} 1\n');
    expect(await text()).not.toContain('outcome="rejected"');
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

  test('delivers the others, in order for each object, when one of them cannot be encoded', async () => {
    const taken = Promise.withResolvers<void>();
    const offered: number[] = [];
    const letters: number[] = [];
    const sink: Sink<number> = {
      encode({ record }) {
        if (numberOf(record) === 2) throw new TypeError('it has no text');
        return { value: numberOf(record), bytes: 100 };
      },
      async deliver(batch) {
        offered.push(...batch);
        if (batch.includes(1)) await taken.promise;
        return batch.map(() => OK);
      },
      close: async () => {},
    };
    const { append, settled, stop } = await deliver(() => [], {
      sink,
      limits: { maxRecords: 1, maxBytes: 1_000 },
      reject: async ({ record }) => void letters.push(numberOf(record)),
    });
    onTestFinished(stop);
    await append(records(4, 2));
    // The third is about the same object as the first, the fourth about another one.
    await vi.waitFor(() => expect(offered).toEqual([1, 4]));
    taken.resolve();
    await settled();
    expect([offered, letters]).toEqual([[1, 4, 3], [2]]);
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
});
