import { afterEach, describe, expect, test } from 'vitest';
import { forgetWork, onWork, stopWork, work, workState } from './work.ts';

afterEach(() => forgetWork('a'));

describe('work', () => {
  test('tells how far it is, one at a time, and keeps what became of it', async () => {
    const gate = Promise.withResolvers<void>();
    const seen: (number | undefined)[] = [];
    const stopListening = onWork(() => seen.push(workState('a')?.done));
    const running = work(
      'a',
      async (report) => {
        report({ done: 3, of: 9 });
        await gate.promise;
        report({ done: 9, counts: { taken: 9 } });
      },
      String,
    );
    await work('a', () => Promise.reject(new Error('begun twice')), String);
    expect(workState('a')).toMatchObject({ isRunning: true, done: 3, of: 9 });
    gate.resolve();
    await running;
    stopListening();
    expect(workState('a')).toEqual({ isRunning: false, done: 9, of: 9, counts: { taken: 9 }, problem: undefined });
    expect(seen).toEqual([0, 3, 9, 9]);
  });

  test('says why it failed, but not that it was stopped', async () => {
    await work(
      'a',
      () => Promise.reject(new Error('503')),
      ({ message }) => message,
    );
    expect(workState('a')).toMatchObject({ isRunning: false, problem: '503' });
    const running = work(
      'a',
      (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
      ({ message }) => message,
    );
    stopWork('a');
    await running;
    expect(workState('a')).toMatchObject({ isRunning: false, problem: undefined });
  });
});
