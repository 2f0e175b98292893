import { expect, test } from 'vitest';
import { nearestRevision } from './nearest-revision.ts';

test('nearestRevision is the one whose version is the nearest', () => {
  const rows = ['e/90', 'e/120', 'e/10'].map((id) => ({ id }));
  expect(nearestRevision(rows, '100')?.id).toBe('e/90');
  expect(nearestRevision(rows, '119')?.id).toBe('e/120');
  expect(nearestRevision([], '1')).toBeUndefined();
});
