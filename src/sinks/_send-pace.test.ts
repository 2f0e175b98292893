import { expect, test } from 'vitest';
import { SendPace } from './_send-pace.ts';

test('SendPace says how long to wait for the first of a window to be over', () => {
  let now = 0;
  const pace = new SendPace([{ count: 2, ms: 1_000 }], () => now);
  const take = () => pace.take((found) => found);
  expect(take()).toBeUndefined();
  now = 300;
  expect(take()).toBeUndefined();
  now = 400;
  expect(take()).toMatchObject({ status: 'retry', reason: 'rate_limited', afterMs: 600 });
  now = 1_000;
  expect(take()).toBeUndefined();
  expect(take()).toMatchObject({ afterMs: 300 });
});

test('SendPace keeps to the limit that is reached first', () => {
  let now = 0;
  const pace = new SendPace(
    [
      { count: 2, ms: 1_000 },
      { count: 3, ms: 60_000 },
    ],
    () => now,
  );
  for (now = 0; now < 3_000; now += 1_000) expect(pace.take(String)).toBeUndefined();
  expect(pace.take(String)).toMatchObject({ afterMs: 57_000 });
});
