import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Outcome } from '../component/sink.ts';
import { Circuit } from './circuit.ts';
import { Lane } from './lane.ts';

const OK: Outcome = { status: 'ok' };
const BROKEN: Outcome = { status: 'retry', reason: 'server_error', problem: 'POST /: 500 found' };
const BUSY: Outcome = { status: 'retry', reason: 'rate_limited', problem: 'POST /: 429 found' };

/** What a destination needs for a batch, whether it takes it or not. */
const ANSWER_MS = 50;
/** What a running sink has. */
const RETRY = { baseMs: 500, capMs: 30_000, random: () => 0.5 };
const LANES = 4;
const BATCH = 10;

/** Four lanes of so many batches each, to a destination that answers the batch of that number so, on a clock of their own. */
async function delivering(batches: number, answer: (number: number, item: number) => Outcome) {
  let sent = 0;
  let delivered = 0;
  const rejected: string[] = [];
  const circuit = new Circuit(RETRY);
  const stopping = new AbortController();
  const lanes = Array.from({ length: LANES }, () => {
    return new Lane({
      sink: {
        async deliver(batch) {
          const number = ++sent;
          const outcomes = batch.map((_, item) => answer(number, item));
          await new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
          return outcomes;
        },
      },
      limits: { maxRecords: BATCH, maxBytes: 1e9 },
      maxDelayMs: 0,
      circuit,
      retry: RETRY,
      onFailure: () => {},
      onBatch: () => {},
    });
  });
  for (const lane of lanes) {
    for (let n = 0; n < batches * BATCH; n++) {
      lane.push({
        object: n,
        encoded: { value: n, bytes: 1 },
        delivered: () => void delivered++,
        rejected: async ({ problem }) => void rejected.push(problem),
      });
    }
  }
  const runs = Promise.all(lanes.map((lane) => lane.run(stopping.signal, stopping.signal)));
  onTestFinished(async () => {
    stopping.abort();
    await vi.advanceTimersByTimeAsync(ANSWER_MS);
    await runs;
  });
  const total = LANES * batches * BATCH;
  /** Milliseconds until everything was taken. */
  const duration = async (): Promise<number> => {
    const began = Date.now();
    while (delivered + rejected.length < total) await vi.advanceTimersByTimeAsync(ANSWER_MS / 2);
    return Date.now() - began;
  };
  return { circuit, duration, rejected, sent: () => sent };
}

/** What it takes when every failed batch costs no more than itself. */
const idealMs = (batches: number): number => 2 * batches * ANSWER_MS;

/** Between 0 and 1, the same each time: https://www.jstatsoft.org/article/view/v008i14 */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

describe('Lane', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    onTestFinished(() => void vi.useRealTimers());
  });

  test('delivers most of what a destination can take that fails every second batch', async () => {
    const { duration, sent, rejected } = await delivering(50, (number) => (number % 2 === 0 ? BROKEN : OK));
    expect(await duration()).toBeLessThan(1.5 * idealMs(50));
    // In whole batches, not in ever smaller ones.
    expect(sent()).toBeLessThan(2.2 * LANES * 50);
    expect(rejected).toEqual([]);
  });

  test.each([7, 1234, 987_654])(
    'delivers most of what a destination can take that fails half by chance (%i)',
    async (seed) => {
      const random = chance(seed);
      let isBroken = false;
      const { duration, rejected } = await delivering(1_000, (_, item) => {
        if (item === 0) isBroken = random() < 0.5;
        return isBroken ? BROKEN : OK;
      });
      expect(await duration()).toBeLessThan(2 * idealMs(1_000));
      expect(rejected).toEqual([]);
    },
  );

  test('sends little to a destination that takes nothing, and less and less', async () => {
    const { circuit, sent } = await delivering(1, () => BROKEN);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(circuit.isClosed).toBe(false);
    const inFirstMinute = sent();
    expect(inFirstMinute).toBeLessThan(25);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent() - inFirstMinute).toBeLessThanOrEqual(5);
  });

  test('lets one batch try at a time as soon as a destination says that it is busy', async () => {
    const { circuit, sent } = await delivering(1, () => BUSY);
    await vi.advanceTimersByTimeAsync(ANSWER_MS);
    expect([circuit.isClosed, sent()]).toEqual([false, LANES]);
    // Half of the first ceiling, and the answer to the probe.
    await vi.advanceTimersByTimeAsync(250 + ANSWER_MS);
    expect(sent()).toBe(LANES + 1);
  });

  test('gives a destination time that takes some of a batch and is too busy for the rest', async () => {
    const { circuit, sent } = await delivering(2, (_, item) => (item === 0 ? OK : BUSY));
    await vi.advanceTimersByTimeAsync(ANSWER_MS + 249);
    expect([circuit.isClosed, sent()]).toEqual([true, LANES]);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent()).toBe(2 * LANES);
  });
});
