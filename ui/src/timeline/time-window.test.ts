import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { between, panned, windowOf, windowText, within, zoomedAround } from './time-window.ts';

const range = { from: 1_000_000, to: 2_000_000 };
const instants = fc.integer({ min: 0, max: 3_000_000 });

describe('within', () => {
  test('stays in the range whatever is wanted, and keeps the width there is room for', () => {
    fc.assert(
      fc.property(instants, fc.integer({ min: 0, max: 2_000_000 }), (from, span) => {
        const window = within({ from, to: from + span }, range);
        expect(window.from).toBeGreaterThanOrEqual(range.from);
        expect(window.to).toBeLessThanOrEqual(range.to);
        expect(window.to - window.from).toBe(Math.min(1_000_000, Math.max(5_000, span)));
      }),
    );
  });
});

describe('zoomedAround', () => {
  test('keeps the place of what the pointer is on', () => {
    expect(zoomedAround({ from: 0, to: 100 }, 0.5, 25)).toEqual({ from: 12.5, to: 62.5 });
    expect(panned({ from: 0, to: 100 }, -0.15)).toEqual({ from: -15, to: 85 });
  });
});

describe('windowText', () => {
  test('is read back as it was, and empty for the whole range', () => {
    const window = { from: 1_200_000, to: 1_300_000 };
    expect(windowOf(windowText(window, range), range)).toEqual(window);
    expect(windowText(range, range)).toBe('');
    for (const text of ['', 'x', '5-1', '1-2', '1300000-1200000']) expect(windowOf(text, range)).toEqual(range);
  });
});

describe('between', () => {
  test('begins at one and ends at the other', () => {
    const end = { from: 10, to: 20 };
    expect([between(range, end, 0), between(range, end, 1)]).toEqual([range, end]);
  });
});
