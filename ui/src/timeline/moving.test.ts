import { afterEach, describe, expect, test, vi } from 'vitest';
import { Moving } from './moving.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('Moving', () => {
  test('is moving from the first move of a hand until it rests, and not by what nobody moved', () => {
    vi.useFakeTimers();
    vi.stubGlobal('cancelAnimationFrame', () => {});
    const rested: unknown[] = [];
    const moving = new Moving({ onMove: () => {}, onRest: (window) => rested.push(window) });
    moving.set({ from: 1, to: 2 }, { isResting: true });
    expect(moving.isMoving).toBe(false);
    moving.set({ from: 2, to: 3 });
    expect(moving.isMoving).toBe(true);
    vi.runAllTimers();
    expect([moving.isMoving, rested]).toEqual([false, [{ from: 2, to: 3 }]]);
    moving.close();
  });
});
