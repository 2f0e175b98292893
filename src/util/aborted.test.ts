import { describe, expect, test } from 'vitest';
import { aborted } from './aborted.ts';

describe('aborted', () => {
  test('resolves with the abort, and at once after it', async () => {
    const stopping = new AbortController();
    let resolved = false;
    const waiting = aborted(stopping.signal).then(() => {
      resolved = true;
    });
    await Promise.resolve();
    expect(resolved).toBe(false);
    stopping.abort();
    await waiting;
    await expect(aborted(stopping.signal)).resolves.toBeUndefined();
  });
});
