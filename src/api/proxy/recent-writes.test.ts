import { expect, test } from 'vitest';
import { RecentWrites } from './recent-writes.ts';

const MINUTE = 60_000;

test('RecentWrites wants of reads what was written in their namespace, until it is reached', () => {
  let now = 5;
  const writes = new RecentWrites(() => now);
  expect(writes.wanted('shop')).toBeUndefined();
  writes.wrote('shop', 12);
  writes.wrote('shop', 11);
  now = 7;
  writes.wrote('other', 20);
  expect(writes.wanted('shop')).toEqual({ version: 12, at: 5 });
  expect(writes.wanted('third')).toBeUndefined();
  expect(writes.wanted(undefined)).toEqual({ version: 20, at: 7 });
  writes.reached('shop', 11);
  expect(writes.wanted('shop')?.version).toBe(12);
  writes.reached('shop', 12);
  expect(writes.wanted('shop')).toBeUndefined();
  writes.reached(undefined, 20);
  expect(writes.wanted(undefined)).toBeUndefined();
});

test('RecentWrites wants more than there can be, until it knows what was written', () => {
  const writes = new RecentWrites(() => 0);
  writes.wrote('shop', 12);
  writes.wrote('shop');
  writes.wrote('shop');
  writes.known('shop', 14);
  writes.reached('shop', 1_000);
  expect(writes.wanted('shop')?.version).toBe(Number.POSITIVE_INFINITY);
  writes.known('shop', 13);
  expect(writes.wanted('shop')?.version).toBe(14);
  expect(writes.wanted(undefined)?.version).toBe(14);
});

test('RecentWrites forgets after ten minutes', () => {
  let now = 0;
  const writes = new RecentWrites(() => now);
  writes.wrote('shop');
  now = 10 * MINUTE;
  expect(writes.wanted('shop')).toBeDefined();
  now++;
  expect([writes.wanted('shop'), writes.wanted(undefined)]).toEqual([undefined, undefined]);
});

test('RecentWrites does not tell namespaces apart any more when there are very many', () => {
  let now = 0;
  const writes = new RecentWrites(() => now);
  for (let version = 1; version <= 1_001; version++) writes.wrote(`namespace-${version}`, version);
  expect(writes.wanted('namespace-3')?.version).toBe(1_001);
  writes.wrote('namespace-3', 2_000);
  expect([writes.wanted('namespace-3')?.version, writes.wanted('namespace-4')?.version]).toEqual([2_000, 1_001]);
  writes.reached('namespace-4', 1_500);
  expect(writes.wanted('namespace-4')?.version).toBe(1_001);
  writes.reached(undefined, 1_500);
  expect([writes.wanted('namespace-3')?.version, writes.wanted('namespace-4')]).toEqual([2_000, undefined]);
  for (let version = 1; version <= 1_001; version++) writes.wrote(`namespace-${version}`, version);
  now = 11 * MINUTE;
  expect(writes.wanted('namespace-4')).toBeUndefined();
});
