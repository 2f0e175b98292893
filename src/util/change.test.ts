import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { Change } from './change.ts';

describe('Change', () => {
  test('wakes everyone who waits, and at once who comes with an old count', async () => {
    const change = new Change();
    const { signal } = new AbortController();
    const { count } = change;
    const waiting = [change.wait(count, signal), change.wait(count, signal)];
    change.notify();
    await Promise.all(waiting);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    await change.wait(count, signal);
    expect(change.count).toBe(count + 1);
  });

  test('lets go of those whose signal is aborted, and leaves them no listener', async () => {
    const change = new Change();
    const stopping = new AbortController();
    const waiting = change.wait(change.count, stopping.signal);
    expect(getEventListeners(stopping.signal, 'abort')).toHaveLength(1);
    stopping.abort();
    await waiting;
    await change.wait(change.count, stopping.signal);
    expect(getEventListeners(stopping.signal, 'abort')).toHaveLength(0);
  });
});
