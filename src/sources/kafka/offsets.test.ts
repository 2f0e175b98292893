import { describe, expect, test } from 'vitest';
import { Offsets } from './offsets.ts';

describe('Offsets', () => {
  test('are done up to what is durable, partition by partition, and told once', () => {
    const offsets = new Offsets();
    const first = offsets.taken(0, 5n);
    const second = offsets.taken(0, 6n);
    const other = offsets.taken(1, 40n);
    expect(offsets.takeDone()).toEqual(new Map());
    first();
    other();
    expect(offsets.takeDone()).toEqual(
      new Map([
        [0, 6n],
        [1, 41n],
      ]),
    );
    expect(offsets.takeDone()).toEqual(new Map());
    second();
    expect(offsets.takeDone()).toEqual(new Map([[0, 7n]]));
  });

  test('pass what was skipped once everything before it is durable', () => {
    const offsets = new Offsets();
    offsets.skipped(0, 1n);
    expect(offsets.takeDone()).toEqual(new Map([[0, 2n]]));
    const durable = offsets.taken(0, 2n);
    offsets.skipped(0, 3n);
    expect(offsets.takeDone()).toEqual(new Map());
    durable();
    expect(offsets.takeDone()).toEqual(new Map([[0, 4n]]));
  });

  test('say nothing of what was open when the partitions were given away', () => {
    const offsets = new Offsets();
    const durable = offsets.taken(0, 1n);
    offsets.forget();
    durable();
    expect(offsets.takeDone()).toEqual(new Map());
  });
});
