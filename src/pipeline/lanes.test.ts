import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { records } from '../../test/helpers/sink-delivery.ts';
import type { EventRecord } from '../core/record.ts';
import { Circuit } from './circuit.ts';
import { Lane } from './lane.ts';
import { Lanes, type Seat } from './lanes.ts';

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
    lanes,
    numberOf: ({ lane: given }: Seat) => places.indexOf(given),
    /** Of records about so many objects in turn, those between two. */
    assign: (from: number, to: number, { objects = 10_000, bytes = to - from } = {}) =>
      lanes.assign(records(to, objects).slice(from), bytes),
    leave: (seats: readonly Seat[]) => {
      for (const { object } of seats) lanes.leave(object);
    },
    /** How many seats each lane has. */
    counts: (seats: readonly Seat[]) =>
      places.map((place) => seats.filter(({ lane: given }) => given === place).length),
  };
}

describe('Lanes', () => {
  test('sends few records together, where the least is waiting', () => {
    const { assign, leave, counts } = lanesOf();
    expect(counts(assign(0, 50))).toEqual([50, 0, 0, 0]);
    const one = assign(50, 51);
    expect(counts(assign(51, 201))).toEqual([0, 0, 75, 75]);
    leave(one);
    expect(counts(assign(201, 202))).toEqual([0, 1, 0, 0]);
  });

  test('spreads what is more than a batch, in records or bytes', () => {
    const many = lanesOf();
    expect(many.counts(many.assign(0, 500))).toEqual([125, 125, 125, 125]);
    const single = lanesOf({ limits: { ...LIMITS, maxRecords: 1 } });
    expect(single.counts(single.assign(0, 8))).toEqual([2, 2, 2, 2]);
    const large = lanesOf();
    expect(large.counts(large.assign(0, 4, { bytes: 1_500_000 }))).toEqual([2, 2, 0, 0]);
  });

  test('gives the records of an object one lane, until the last of them has left', () => {
    const { assign, leave, counts } = lanesOf();
    const early = assign(0, 10, { objects: 1 });
    const others = assign(1, 2);
    const later = assign(0, 300, { objects: 1 });
    expect(counts([...early, ...later])).toEqual([310, 0, 0, 0]);
    leave([...early, ...others, ...later.slice(1)]);
    expect(counts(assign(0, 2, { objects: 1 }))).toEqual([2, 0, 0, 0]);
    expect(counts(assign(1, 2))).toEqual([0, 1, 0, 0]);
  });

  test('knows the lanes of those under way, whoever comes and goes', () => {
    const everyone = records(2_000, 2_000);
    const steps = fc.array(fc.record({ comes: fc.constantFrom(...everyone), goes: fc.nat(3_000) }), {
      maxLength: 4_000,
      size: 'max',
    });
    fc.assert(
      fc.property(steps, (all) => {
        const { lanes, numberOf } = lanesOf();
        const underWay: { readonly seat: Seat; readonly record: EventRecord }[] = [];
        const loads = Array.from({ length: LANES }, () => 0);
        const load = (seat: Seat, by: number): void => {
          loads[numberOf(seat)] = (loads[numberOf(seat)] ?? 0) + by;
        };
        for (const { comes, goes } of all) {
          const beside = underWay.find(({ record }) => record === comes);
          const [seat] = lanes.assign([comes], 1);
          if (!seat) throw new Error('found no seat');
          const free = loads.indexOf(Math.min(...loads));
          expect(numberOf(seat)).toBe(beside ? numberOf(beside.seat) : free);
          load(seat, 1);
          underWay.push({ seat, record: comes });
          const [gone] = goes < 2 * underWay.length ? underWay.splice(goes % underWay.length, 1) : [];
          if (!gone) continue;
          lanes.leave(gone.seat.object);
          load(gone.seat, -1);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('takes a page of which nothing is to be sent', () => {
    expect(lanesOf().assign(0, 0)).toEqual([]);
  });
});
