import { describe, expect, test } from 'vitest';
import { groupWrites } from './group-writes.ts';

describe('groupWrites', () => {
  test('writes what comes while a write is under way by the next one, in order', async () => {
    const groups: (readonly number[])[] = [];
    const first = Promise.withResolvers<void>();
    const write = groupWrites<number>((items) => {
      groups.push(items);
      return groups.length === 1 ? first.promise : Promise.resolve();
    });
    const written = [write([1])];
    await Promise.resolve();
    written.push(write([2, 3]), write([4]));
    await Promise.resolve();
    expect(groups).toEqual([[1]]);
    first.resolve();
    await Promise.all(written);
    expect(groups).toEqual([[1], [2, 3, 4]]);
  });

  test('writes what comes at once at once', async () => {
    const groups: (readonly number[])[] = [];
    const write = groupWrites<number>(async (items) => void groups.push(items));
    await Promise.all([write([1]), write([2])]);
    await write([3]);
    expect(groups).toEqual([[1, 2], [3]]);
  });

  test('rejects for all that was written together, and goes on', async () => {
    const groups: (readonly number[])[] = [];
    const write = groupWrites<number>(async (items) => {
      groups.push(items);
      if (groups.length === 1) throw new Error('no space');
    });
    const failed = await Promise.allSettled([write([1]), write([2])]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await write([1]);
    expect(groups).toEqual([[1, 2], [1]]);
  });
});
