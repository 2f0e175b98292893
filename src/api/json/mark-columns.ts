import type { Marks } from './view-answers.ts';

/** A revision in a picture; `lane` is whatever stands for where it is drawn. */
export interface Drawn<TLane> {
  readonly time: number;
  readonly lane: TLane;
  /** Its place in SEVERITIES. */
  readonly severity: number;
  /** Its place in the dictionary of reasons. */
  readonly reason: number;
  readonly count: number;
  readonly id: string;
}

/** Columns, oldest first: never an object each on the wire. */
export function markColumns<TLane>(newestFirst: readonly Drawn<TLane>[], placeOf: (lane: TLane) => number): Marks {
  const marks = newestFirst.toReversed();
  let before = marks[0]?.time ?? 0;
  const dt = marks.map(({ time }) => {
    const delta = time - before;
    before = time;
    return delta;
  });
  return {
    t0: marks[0]?.time ?? 0,
    dt,
    lane: marks.map(({ lane }) => placeOf(lane)),
    severity: marks.map(({ severity }) => severity),
    reason: marks.map(({ reason }) => reason),
    count: marks.map(({ count }) => count),
    id: marks.map(({ id }) => id),
  };
}
