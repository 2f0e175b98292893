import { expect, onTestFinished, test, vi } from 'vitest';
import { CommitPoll } from './commit-poll.ts';

function started() {
  vi.useFakeTimers();
  const ending = new AbortController();
  onTestFinished(() => {
    ending.abort();
    vi.useRealTimers();
  });
  const store = { version: 1, asked: 0, isBroken: false };
  const dataVersion = (): number => {
    store.asked++;
    if (store.isBroken) throw new Error('disk I/O error');
    return store.version;
  };
  const poll = new CommitPoll(dataVersion, ending.signal);
  return { poll, store, ending };
}

test('CommitPoll calls watchers after a commit, when the store cannot be read, and when time has passed', async () => {
  const { poll, store } = started();
  let calls = 0;
  poll.watch(() => calls++);
  expect(calls).toBe(1);
  await vi.advanceTimersByTimeAsync(500);
  expect(calls).toBe(1);
  store.version = 2;
  await vi.advanceTimersByTimeAsync(25);
  expect(calls).toBe(2);
  store.isBroken = true;
  await vi.advanceTimersByTimeAsync(25);
  expect(calls).toBe(3);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(calls).toBe(4);
  expect(poll.count).toBe(4);
});

test('CommitPoll asks once for all watchers, and not at all while there are none', async () => {
  const { poll, store } = started();
  const first = poll.watch(() => {});
  first();
  // Within the pause of the poll that was under way.
  const second = poll.watch(() => {});
  await vi.advanceTimersByTimeAsync(100);
  expect(store.asked).toBe(11);
  second();
  await vi.advanceTimersByTimeAsync(100);
  expect(store.asked).toBe(11);
  poll.watch(() => {});
  expect(store.asked).toBe(12);
});

test('CommitPoll ends with its signal', async () => {
  const { poll, store, ending } = started();
  poll.watch(() => {});
  ending.abort();
  await vi.advanceTimersByTimeAsync(100);
  expect(store.asked).toBe(1);
});
