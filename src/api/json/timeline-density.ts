/** How dense marks are: counts by lane, stretch of time and severity, in no more cells than can be drawn. */
import type { Interval } from '../../core/coverage.ts';
import { SEVERITIES } from '../../core/severity.ts';
import type { Drawn } from './mark-columns.ts';
import type { Timeline } from './view-answers.ts';

/** Twice as many as a wide screen has pixels. */
const MOST_BUCKETS = 4_000;
/** About 4 MB of JSON. Beyond them time is told less finely. */
const MOST_CELLS = 200_000;

type Density = NonNullable<Timeline['density']>;

export class TimelineDensity<TLane> {
  readonly #start: number;
  readonly #length: number;
  readonly #mostCells: number;
  #step: number;
  /** By lane, by place of bucket and severity. */
  #cells = new Map<TLane, Map<number, number>>();
  #size = 0;

  constructor({ from, to }: Interval, mostCells = MOST_CELLS) {
    this.#start = from;
    this.#length = to - from + 1;
    this.#mostCells = mostCells;
    this.#step = Math.max(1, Math.ceil(this.#length / MOST_BUCKETS));
  }

  add({ lane, time, severity, count }: Pick<Drawn<TLane>, 'lane' | 'time' | 'severity' | 'count'>): void {
    this.#count(lane, Math.floor((time - this.#start) / this.#step) * SEVERITIES.length + severity, count);
    // One cell a lane and severity is the least there is.
    while (this.#size > this.#mostCells && this.#step < this.#length) this.#coarsen();
  }

  toJson(placeOf: (lane: TLane) => number): Density {
    const cells: Density['cells'] = { lane: [], bucket: [], severity: [], count: [] };
    for (const [lane, ofLane] of this.#cells) {
      for (const [cell, count] of ofLane) {
        cells.lane.push(placeOf(lane));
        cells.bucket.push(Math.floor(cell / SEVERITIES.length));
        cells.severity.push(cell % SEVERITIES.length);
        cells.count.push(count);
      }
    }
    return { t0: this.#start, stepMs: this.#step, buckets: Math.ceil(this.#length / this.#step), cells };
  }

  #count(lane: TLane, cell: number, count: number): void {
    let ofLane = this.#cells.get(lane);
    if (!ofLane) {
      ofLane = new Map();
      this.#cells.set(lane, ofLane);
    }
    const before = ofLane.get(cell);
    if (before === undefined) this.#size++;
    ofLane.set(cell, (before ?? 0) + count);
  }

  #coarsen(): void {
    const finer = this.#cells;
    this.#cells = new Map();
    this.#size = 0;
    this.#step *= 2;
    for (const [lane, ofLane] of finer) {
      for (const [cell, count] of ofLane) {
        const bucket = Math.floor(cell / SEVERITIES.length / 2);
        this.#count(lane, bucket * SEVERITIES.length + (cell % SEVERITIES.length), count);
      }
    }
  }
}
