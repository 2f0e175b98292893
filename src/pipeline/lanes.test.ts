import { describe, expect, test } from 'vitest';
import { records } from '../../test/helpers/sink-delivery.ts';
import { Circuit } from './circuit.ts';
import { Lane } from './lane.ts';
import { Lanes } from './lanes.ts';

const RETRY = { baseMs: 1, capMs: 2 };
const LIMITS = { maxRecords: 500, maxBytes: 1_000_000 };
const LANES = 4;

function lanesOf({ limits = LIMITS }: { readonly limits?: typeof LIMITS } = {}) {
  const lane = {
    sink: { deliver: () => Promise.reject(new Error('nothing is sent')) },
    limits,
    maxDelayMs: 0,
    circuit: new Circuit(RETRY),
    retry: RETRY,
    onFailure: () => {},
    onBatch: () => {},
  };
  const places = Array.from({ length: LANES }, () => new Lane(lane));
  const lanes = new Lanes(places, limits);
  return {
    /** Of records about so many objects in turn, those between two. */
    assign: (from: number, to: number, { objects = 10_000, bytes = to - from } = {}) =>
      lanes.assign(records(to, objects).slice(from), bytes),
    /** How many seats each lane has. */
    counts: (seats: ReturnType<Lanes['assign']>) =>
      places.map((place) => seats.filter(({ lane: given }) => given === place).length),
  };
}

describe('Lanes', () => {
  test('sends few records together, where the least is waiting', () => {
    const { assign, counts } = lanesOf();
    expect(counts(assign(0, 50))).toEqual([50, 0, 0, 0]);
    const [shared, ...others] = counts(assign(50, 200));
    // A few share a seat with one that is under way, and are in its lane.
    expect(shared).toBeLessThan(20);
    expect(others.filter((seats) => seats > 60)).toHaveLength(2);
    expect(others).toContain(0);
  });

  test('spreads what is more than a batch, in records or bytes', () => {
    const many = lanesOf();
    const counts = many.counts(many.assign(0, 500));
    expect(Math.min(...counts)).toBeGreaterThan(100);
    expect(Math.max(...counts)).toBeLessThan(150);
    const single = lanesOf({ limits: { ...LIMITS, maxRecords: 1 } });
    expect(single.counts(single.assign(0, 8))).toEqual([2, 2, 2, 2]);
    const large = lanesOf();
    expect(large.counts(large.assign(0, 4, { bytes: 1_500_000 }))).toEqual([2, 2, 0, 0]);
  });

  test('gives the records of an object one lane, until the last of them has left', () => {
    const { assign, counts } = lanesOf();
    const early = assign(0, 10, { objects: 1 });
    const others = assign(1, 2);
    const later = assign(0, 300, { objects: 1 });
    expect(counts([...early, ...later])).toEqual([310, 0, 0, 0]);
    for (const seat of [...early, ...others, ...later.slice(1)]) seat.leave();
    expect(counts(assign(0, 2, { objects: 1 }))).toEqual([2, 0, 0, 0]);
    expect(counts(assign(1, 2))).toEqual([0, 1, 0, 0]);
  });

  test('takes a page of which nothing is to be sent', () => {
    expect(lanesOf().assign(0, 0)).toEqual([]);
  });
});
