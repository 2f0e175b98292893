/**
 * Which of a sink's lanes a record takes. Those of one involved object are never in two lanes at once, which keeps them in
 * order; others go where least is waiting, and few of them go together, because a request costs as much as many records.
 */
import type { BatchLimits } from '../component/sink.ts';
import type { EventRecord } from '../core/record.ts';
import type { Lane } from './lane.ts';

/** As many are worth a batch of their own. */
const WORTH_A_BATCH = 100;

interface Load {
  readonly lane: Lane;
  /** What was given to it and is not done. */
  items: number;
}

/** So many objects are told apart: few of those under way, a thousand records at most, share a seat, and with it a lane. */
const SEATS = 1024;

/**
 * The lane of an object as long as something about it is under way. There is one for each hash from the beginning, since a
 * map of those that are taken would be made anew for each hundred records.
 */
class Seat {
  readonly object: number;
  #load: Load;
  #items = 0;

  constructor(object: number, load: Load) {
    this.object = object;
    this.#load = load;
  }

  get lane(): Lane {
    return this.#load.lane;
  }

  get isFree(): boolean {
    return this.#items === 0;
  }

  /** Only while it is free. */
  move(load: Load): void {
    this.#load = load;
  }

  enter(): this {
    this.#items++;
    this.#load.items++;
    return this;
  }

  /** To be called once for each item. */
  leave(): void {
    this.#load.items--;
    this.#items--;
  }
}

export class Lanes {
  readonly #loads: readonly Load[];
  readonly #limits: BatchLimits;
  readonly #seats: readonly Seat[];

  constructor(lanes: readonly Lane[], limits: BatchLimits) {
    const [first, ...others] = lanes.map((lane) => ({ lane, items: 0 }));
    if (!first) throw new RangeError('found no lane, want one at least');
    this.#loads = [first, ...others];
    this.#limits = limits;
    this.#seats = Array.from({ length: SEATS }, (_, object) => new Seat(object, first));
  }

  /** A seat for each of the records that come together, which are so large in all. It is left when the record is done. */
  assign(records: readonly EventRecord[], bytes: number): readonly Pick<Seat, 'object' | 'lane' | 'leave'>[] {
    const { maxRecords, maxBytes } = this.#limits;
    const batches = Math.ceil(Math.max(records.length / Math.min(WORTH_A_BATCH, maxRecords), bytes / maxBytes));
    const loads = this.#loads.toSorted((one, other) => one.items - other.items).slice(0, batches);
    let next = 0;
    return records.map((record) => {
      const seat = this.#seats[hashOf(record) % SEATS];
      const load = loads[next % loads.length];
      if (!seat || !load) throw new RangeError('found no seat for a record, want one for each');
      if (seat.isFree) {
        seat.move(load);
        next++;
      }
      return seat.enter();
    });
  }

  async run(stopping: AbortSignal, abort: AbortSignal): Promise<void> {
    await Promise.all(this.#loads.map(({ lane }) => lane.run(stopping, abort)));
  }
}

/** The same for every record of an involved object; not negative. */
function hashOf({ cluster, subject }: EventRecord): number {
  const { kind = '', namespace = '', name = '' } = subject;
  let hash = 0;
  for (const part of [cluster, kind, namespace, name]) {
    for (let index = 0; index < part.length; index++) hash = (Math.imul(hash, 31) + part.charCodeAt(index)) | 0;
    hash = Math.imul(hash, 31) | 0;
  }
  // The seat is in the lowest bits, which the first letters would not reach.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
