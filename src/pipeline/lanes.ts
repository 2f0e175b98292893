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

/** The lane of an object as long as something about it is under way. */
class Seat {
  readonly #seats: Map<number, Seat>;
  readonly object: number;
  readonly #load: Load;
  #items = 0;

  constructor(seats: Map<number, Seat>, object: number, load: Load) {
    this.#seats = seats;
    this.object = object;
    this.#load = load;
    seats.set(object, this);
  }

  get lane(): Lane {
    return this.#load.lane;
  }

  enter(): this {
    this.#items++;
    this.#load.items++;
    return this;
  }

  /** To be called once for each item. */
  leave(): void {
    this.#load.items--;
    if (--this.#items === 0) this.#seats.delete(this.object);
  }
}

export class Lanes {
  readonly #loads: readonly Load[];
  readonly #limits: BatchLimits;
  readonly #seats = new Map<number, Seat>();

  constructor(lanes: readonly Lane[], limits: BatchLimits) {
    this.#loads = lanes.map((lane) => ({ lane, items: 0 }));
    this.#limits = limits;
  }

  /** A seat for each of the records that come together, which are so large in all. It is left when the record is done. */
  assign(records: readonly EventRecord[], bytes: number): readonly Pick<Seat, 'object' | 'lane' | 'leave'>[] {
    const { maxRecords, maxBytes } = this.#limits;
    const batches = Math.ceil(Math.max(records.length / Math.min(WORTH_A_BATCH, maxRecords), bytes / maxBytes));
    const loads = this.#loads.toSorted((one, other) => one.items - other.items).slice(0, batches);
    let next = 0;
    return records.map((record) => {
      const object = hashOf(record);
      const seat = this.#seats.get(object);
      if (seat) return seat.enter();
      const load = loads[next++ % loads.length];
      if (!load) throw new RangeError('found no lane, want one at least');
      return new Seat(this.#seats, object, load).enter();
    });
  }

  async run(stopping: AbortSignal, abort: AbortSignal): Promise<void> {
    await Promise.all(this.#loads.map(({ lane }) => lane.run(stopping, abort)));
  }
}

/** The same for every record of an involved object. Two objects may share one: then they share a lane too. */
function hashOf({ cluster, subject }: EventRecord): number {
  const { kind = '', namespace = '', name = '' } = subject;
  let hash = 0;
  for (const part of [cluster, kind, namespace, name]) {
    for (let index = 0; index < part.length; index++) hash = (Math.imul(hash, 31) + part.charCodeAt(index)) | 0;
    hash = Math.imul(hash, 31) | 0;
  }
  return hash;
}
