import { onlineManager } from '@tanstack/react-query';
import { expect, onTestFinished, test } from 'vitest';
import { createQueryClient } from './query-client.ts';

test('createQueryClient makes one that asks although the browser takes itself for being offline', async () => {
  onlineManager.setOnline(false);
  onTestFinished(() => onlineManager.setOnline(true));
  const asked = createQueryClient().fetchQuery({ queryKey: ['events'], queryFn: () => 'answer' });
  expect(await asked).toBe('answer');
});
