import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Circuit } from './circuit.ts';

const CHANCE = { afterMs: 0, isForAll: false };
const { signal } = new AbortController();

function open(): Circuit {
  return new Circuit({ baseMs: 500, capMs: 30_000, random: () => 1 });
}

/** Whether somebody who asks now may send by then. */
async function passesWithin(circuit: Circuit, ms: number): Promise<boolean> {
  const asking = new AbortController();
  const passed = circuit.pass(asking.signal);
  await vi.advanceTimersByTimeAsync(ms);
  asking.abort();
  return passed;
}

describe('Circuit', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
  });

  test('stays closed while failures are not ten in a row, and says that the last batch failed', async () => {
    const circuit = open();
    for (let round = 0; round < 5; round++) {
      for (let n = 0; n < 9; n++) circuit.fail(CHANCE, signal);
      expect([circuit.isClosed, circuit.isFailing]).toEqual([true, true]);
      circuit.succeed();
      expect(circuit.isFailing).toBe(false);
    }
    for (let n = 0; n < 10; n++) circuit.fail(CHANCE, signal);
    expect(circuit.isClosed).toBe(false);
    expect(await passesWithin(circuit, 499)).toBe(false);
  });

  test('lets one probe pass after the delay, waits longer when it fails, and all when it is taken', async () => {
    const circuit = open();
    for (let n = 0; n < 10; n++) circuit.fail(CHANCE, signal);
    expect(await passesWithin(circuit, 500)).toBe(true);
    expect(await passesWithin(circuit, 60_000)).toBe(false);
    circuit.fail(CHANCE, signal);
    expect(await passesWithin(circuit, 999)).toBe(false);
    expect(await passesWithin(circuit, 1)).toBe(true);
    circuit.succeed();
    expect([circuit.isClosed, circuit.isFailing]).toEqual([true, false]);
    expect(await Promise.all([passesWithin(circuit, 0), passesWithin(circuit, 0)])).toEqual([true, true]);
  });

  test('opens at one failure that holds for all, for as long as the destination asked for', async () => {
    const circuit = open();
    circuit.fail({ afterMs: 2_000, isForAll: true }, signal);
    expect(await passesWithin(circuit, 1_999)).toBe(false);
    expect(await passesWithin(circuit, 1)).toBe(true);
  });

  test('takes what was under way together for one failure', async () => {
    const circuit = open();
    for (let n = 0; n < 18; n++) circuit.fail(CHANCE, signal);
    expect(await passesWithin(circuit, 500)).toBe(true);
  });
});
