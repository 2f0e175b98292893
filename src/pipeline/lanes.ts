/**
 * Which of a sink's lanes a record takes. Those of one involved object are never in two lanes at once, which keeps them in
 * order; others go where least is waiting, and few of them go together, because a request costs as much as many records.
 */
import type { BatchLimits } from '../component/sink.ts';
import type { EventRecord } from '../core/record.ts';
import type { Lane } from './lane.ts';

/** As many are worth a batch of their own. */
const WORTH_A_BATCH = 100;

/** More than three times the records that a sink may hold, and a page: see WINDOW_RECORDS. */
const SEATS = 4096;
const MASK = SEATS - 1;

/**
 * The lanes of the objects about which something is under way: a hash table by open addressing, since the tables of a Map
 * whose entries come and go are made anew all the time, live long, and keep what they hold.
 * https://en.wikipedia.org/wiki/Linear_probing
 */
class Seats {
  readonly #objects = new Int32Array(SEATS);
  readonly #lanes = new Uint16Array(SEATS);
  /** How much is under way; 0 where nobody sits. */
  readonly #items = new Uint16Array(SEATS);

  /** The lane of an object; undefined when nothing is under way. */
  laneOf(object: number): number | undefined {
    const seat = this.#find(object);
    return this.#items[seat] === 0 ? undefined : this.#lanes[seat];
  }

  /** One more of the object is under way, in the lane that it has, or in this one. */
  enter(object: number, lane: number): void {
    const seat = this.#find(object);
    const items = this.#items[seat] ?? 0;
    if (items === 0) this.#set(seat, object, lane);
    this.#items[seat] = items + 1;
  }

  leave(object: number): void {
    const seat = this.#find(object);
    const items = this.#items[seat] ?? 0;
    if (items > 1) this.#items[seat] = items - 1;
    else this.#vacate(seat);
  }

  /** Where the object sits, or would. */
  #find(object: number): number {
    let seat = object & MASK;
    while (this.#items[seat] !== 0 && this.#objects[seat] !== object) seat = (seat + 1) & MASK;
    return seat;
  }

  #set(seat: number, object: number, lane: number): void {
    this.#objects[seat] = object;
    this.#lanes[seat] = lane;
  }

  /** Who sits behind because this seat was taken moves up, so as to be found. */
  #vacate(seat: number): void {
    let free = seat;
    for (let next = (seat + 1) & MASK; this.#items[next] !== 0; next = (next + 1) & MASK) {
      const object = this.#objects[next] ?? 0;
      if (((next - object) & MASK) < ((next - free) & MASK)) continue;
      this.#set(free, object, this.#lanes[next] ?? 0);
      this.#items[free] = this.#items[next] ?? 0;
      free = next;
    }
    this.#items[free] = 0;
  }
}

/** What is given to a record: equal for all of an object. */
export interface Seat {
  readonly object: number;
  readonly lane: Lane;
}

export class Lanes {
  readonly #lanes: readonly Lane[];
  readonly #limits: BatchLimits;
  readonly #seats = new Seats();
  /** By lane: what was given to it and is not done. */
  readonly #loads: number[];

  constructor(lanes: readonly Lane[], limits: BatchLimits) {
    this.#lanes = lanes;
    this.#limits = limits;
    this.#loads = lanes.map(() => 0);
  }

  /** A seat for each of the records that come together, which are so large in all. To be left when the record is done. */
  assign(records: readonly EventRecord[], bytes: number): readonly Seat[] {
    const { maxRecords, maxBytes } = this.#limits;
    const batches = Math.ceil(Math.max(records.length / Math.min(WORTH_A_BATCH, maxRecords), bytes / maxBytes));
    const free = [...this.#loads.keys()]
      .toSorted((one, other) => this.#loadOf(one) - this.#loadOf(other))
      .slice(0, batches);
    let next = 0;
    return records.map((record) => {
      const object = hashOf(record);
      const number = this.#seats.laneOf(object) ?? free[next++ % free.length] ?? 0;
      const lane = this.#lanes[number];
      if (!lane) throw new RangeError('found no lane, want one at least');
      this.#seats.enter(object, number);
      this.#loads[number] = this.#loadOf(number) + 1;
      return { object, lane };
    });
  }

  /** To be called once for each record that was given a seat. */
  leave(object: number): void {
    const lane = this.#seats.laneOf(object) ?? 0;
    this.#loads[lane] = this.#loadOf(lane) - 1;
    this.#seats.leave(object);
  }

  async run(stopping: AbortSignal, abort: AbortSignal): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.run(stopping, abort)));
  }

  #loadOf(lane: number): number {
    return this.#loads[lane] ?? 0;
  }
}

/** The same for every record of an involved object, in 32 bits. Two objects may share one: then they share a lane too. */
function hashOf({ cluster, subject }: EventRecord): number {
  const { kind = '', namespace = '', name = '' } = subject;
  let hash = 0;
  for (const part of [cluster, kind, namespace, name]) {
    for (let index = 0; index < part.length; index++) hash = (Math.imul(hash, 31) + part.charCodeAt(index)) | 0;
    hash = Math.imul(hash, 31) | 0;
  }
  // Where it sits is in the lowest bits, which what comes first would not reach.
  return hash ^ (hash >>> 15);
}
