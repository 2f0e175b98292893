import { expect, test } from 'vitest';
import { sparkPath } from './spark-path.ts';

test('sparkPath has a bar wherever something happened, the highest as high as there is room', () => {
  expect(sparkPath([0, 1, 0, 7], 40, 16)).toBe('M10 16v-7.3h9V16zM30 16v-16h9V16z');
  expect(sparkPath([0, 0], 40, 16)).toBe('');
});
