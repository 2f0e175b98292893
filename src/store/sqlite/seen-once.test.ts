import { expect, test } from 'vitest';
import { SeenOnce } from './seen-once.ts';

test('SeenOnce tells what it saw lately from what it sees for the first time', () => {
  const seen = new SeenOnce();
  const texts = Array.from({ length: 1_000 }, (_, index) => `Created pod: web-${index}`);
  expect(texts.filter((text) => seen.see(text)).length).toBeLessThan(5);
  expect(texts.filter((text) => seen.see(text)).length).toBeGreaterThan(980);
});
