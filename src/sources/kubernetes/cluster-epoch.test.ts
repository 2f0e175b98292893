import { describe, expect, test } from 'vitest';
import { ClusterEpoch } from './cluster-epoch.ts';

function epochFrom(current: number) {
  const begun: number[] = [];
  const epoch = new ClusterEpoch(async (before) => {
    begun.push(before);
    return before + 1;
  });
  epoch.resume(current);
  return { epoch, begun, signal: new AbortController().signal };
}

describe('ClusterEpoch', () => {
  test('begins one epoch for all scopes that find the same rewind, at once or later', async () => {
    const { epoch, begun, signal } = epochFrom(3);
    await Promise.all([epoch.rewind(3, signal), epoch.rewind(3, signal)]);
    await epoch.rewind(3, signal);
    expect(epoch.current).toBe(4);
    expect(begun).toEqual([3]);
  });

  test('aborts the signal of the epoch that is over, and not the next one', async () => {
    const { epoch, signal } = epochFrom(1);
    const before = epoch.signal;
    await epoch.rewind(1, signal);
    expect(before.aborted).toBe(true);
    expect(epoch.signal.aborted).toBe(false);
  });
});
