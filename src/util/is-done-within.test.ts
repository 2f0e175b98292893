import { describe, expect, test } from 'vitest';
import { isDoneWithin } from './is-done-within.ts';

describe('isDoneWithin', () => {
  test('says whether a promise was fulfilled in time', async () => {
    expect(await isDoneWithin(Promise.resolve(), 10_000)).toBe(true);
    expect(await isDoneWithin(new Promise(() => {}), 1)).toBe(false);
  });

  test('rejects as the promise does, and lets it reject too late unnoticed', async () => {
    await expect(isDoneWithin(Promise.reject(new Error('no')), 10_000)).rejects.toThrow('no');
    const late = Promise.withResolvers<void>();
    expect(await isDoneWithin(late.promise, 1)).toBe(false);
    late.reject(new Error('too late'));
  });
});
