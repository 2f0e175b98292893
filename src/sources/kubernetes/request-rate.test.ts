import { expect, test } from 'vitest';
import { RequestRate } from './request-rate.ts';

test('RequestRate lets a burst pass, then so many a second, and none that would wait too long', () => {
  let now = 1_000_000;
  const rate = new RequestRate({ perSecond: 10, burst: 3, now: () => now });
  expect([rate.take(250), rate.take(250), rate.take(250)]).toEqual([0, 0, 0]);
  expect([rate.take(250), rate.take(250), rate.take(250)]).toEqual([100, 200, undefined]);
  now += 200;
  expect([rate.take(0), rate.take(100)]).toEqual([undefined, 100]);
  now += 60_000;
  expect([rate.take(0), rate.take(0), rate.take(0), rate.take(0)]).toEqual([0, 0, 0, undefined]);
});
