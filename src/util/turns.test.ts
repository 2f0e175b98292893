import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

test('Turns runs one action after the other, also after one that failed', async () => {
  const turns = new Turns();
  const order: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = turns.take(async () => {
    await gate.promise;
    order.push('first');
    throw new Error('first failed');
  });
  const second = turns.take(async () => order.push('second'));
  gate.resolve();
  await expect(first).rejects.toThrow('first failed');
  expect(await second).toBe(2);
  expect(order).toEqual(['first', 'second']);
});
