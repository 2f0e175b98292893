import { expect, test } from 'vitest';
import { lazyModule } from './lazy-module.ts';

test('lazyModule loads once, when it is asked to', async () => {
  let loads = 0;
  const { load, get } = lazyModule(async () => ({ number: ++loads }));
  expect(() => get()).toThrow(TypeError);
  expect(loads).toBe(0);
  await load();
  await load();
  expect(get()).toEqual({ number: 1 });
});
