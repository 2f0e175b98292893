/** The revisions of a timeline in columns: never an object each. */

import { SEVERITIES } from '../../../src/core/severity.ts';
import { writtenOut } from '../message/visible-text.ts';
import type { TimeRange } from '../time/time-range.ts';
import type { TimelineData } from './timeline-question.ts';

export type Lane = TimelineData['lanes'][number];

export interface Incarnation {
  readonly uid: string;
  readonly node: string;
  readonly start: number;
  /** Undefined while nothing is known that ended it. */
  readonly end: number | undefined;
  readonly cause: string;
}

/** By time. A row is a revision, or where they are too many, what was counted in a lane over `spanMs`. */
export interface TimelineRows {
  readonly lanes: readonly Lane[];
  readonly time: Float64Array;
  readonly lane: Uint32Array;
  /** Its place in SEVERITIES. */
  readonly severity: Uint8Array;
  readonly count: Uint32Array;
  /** As it can be shown; empty of what was counted. */
  readonly reason: (row: number) => string;
  /** What it is pinned by; undefined of what was counted. */
  readonly id: (row: number) => string | undefined;
  /** Undefined when it is not there. */
  readonly rowOf: (id: string) => number | undefined;
  /** 0 of revisions. */
  readonly spanMs: number;
  /** The numbers of a lane's rows in order of time; of an open one with those of the lanes in it. */
  readonly rowsOf: (lane: number) => Uint32Array;
  readonly incarnationsOf: (lane: number) => readonly Incarnation[];
  /** Whether more may have happened then than is known. */
  readonly isLowerOver: (stretch: TimeRange) => boolean;
}

const NO_INCARNATIONS: readonly Incarnation[] = [];

export function timelineRows(data: TimelineData, isLowerOver: TimelineRows['isLowerOver']): TimelineRows {
  const columns = data.marks ? markColumns(data.marks) : cellColumns(data.density);
  const parents = parentsOf(data.lanes);
  const reasons = data.dict.reasons.map(writtenOut);
  const reasonAt = data.marks?.reason;
  const ids = data.marks?.id;
  return {
    ...columns,
    lanes: data.lanes,
    reason: (row) => reasons[reasonAt?.[row] ?? -1] ?? '',
    id: (row) => ids?.[row],
    rowOf(id) {
      const row = ids?.indexOf(id) ?? -1;
      return row < 0 ? undefined : row;
    },
    rowsOf: groupedRows(columns.lane, parents, data.lanes.length),
    incarnationsOf: groupedIncarnations(data.incarnations),
    isLowerOver,
  };
}

type Columns = Pick<TimelineRows, 'time' | 'lane' | 'severity' | 'count' | 'spanMs'>;

function markColumns({ t0, dt, lane, severity, count }: NonNullable<TimelineData['marks']>): Columns {
  const time = new Float64Array(dt.length);
  let at = t0;
  for (let row = 0; row < dt.length; row++) {
    at += dt[row] ?? 0;
    time[row] = at;
  }
  return {
    time,
    lane: Uint32Array.from(lane),
    severity: Uint8Array.from(severity),
    count: Uint32Array.from(count),
    spanMs: 0,
  };
}

/** A cell stands in the middle of its bucket. */
function cellColumns(density: TimelineData['density']): Columns {
  const { t0, stepMs, cells } = density ?? {
    t0: 0,
    stepMs: 0,
    cells: { lane: [], bucket: [], severity: [], count: [] },
  };
  const order = Uint32Array.from(cells.bucket.keys()).sort((a, b) => (cells.bucket[a] ?? 0) - (cells.bucket[b] ?? 0));
  const sorted = (column: readonly number[]) => order.map((from) => column[from] ?? 0);
  return {
    time: Float64Array.from(order, (from) => t0 + ((cells.bucket[from] ?? 0) + 0.5) * stepMs),
    lane: sorted(cells.lane),
    severity: Uint8Array.from(sorted(cells.severity)),
    count: sorted(cells.count),
    spanMs: stepMs,
  };
}

/** By lane the place of the one it is in; its own where it is in none. */
function parentsOf(lanes: readonly Lane[]): Uint32Array {
  const places = new Map(lanes.map(({ id }, place) => [id, place]));
  return Uint32Array.from(lanes, ({ parent }, place) => (parent === undefined ? place : (places.get(parent) ?? place)));
}

/** A counting sort: one pass to count, one to fill, no objects. What is in an opened lane is also of the lane around it. */
function groupedRows(lane: Uint32Array, parents: Uint32Array, lanes: number): TimelineRows['rowsOf'] {
  const begin = new Uint32Array(lanes + 1);
  const add = (place: number) => {
    begin[place + 1] = (begin[place + 1] ?? 0) + 1;
  };
  for (const place of lane) {
    add(place);
    const parent = parents[place] ?? place;
    if (parent !== place) add(parent);
  }
  for (let place = 0; place < lanes; place++) begin[place + 1] = (begin[place + 1] ?? 0) + (begin[place] ?? 0);
  const rows = new Uint32Array(begin[lanes] ?? 0);
  const next = begin.slice();
  const put = (place: number, row: number) => {
    const at = next[place] ?? 0;
    rows[at] = row;
    next[place] = at + 1;
  };
  for (let row = 0; row < lane.length; row++) {
    const place = lane[row] ?? 0;
    put(place, row);
    const parent = parents[place] ?? place;
    if (parent !== place) put(parent, row);
  }
  return (place) => rows.subarray(begin[place], begin[place + 1]);
}

function groupedIncarnations(all: TimelineData['incarnations']): TimelineRows['incarnationsOf'] {
  const byLane = new Map<number, Incarnation[]>();
  for (const { lane, uid, node, start, end, cause = '' } of all) {
    const ofLane = byLane.get(lane) ?? [];
    ofLane.push({ uid, node, start: Date.parse(start), end: end === undefined ? undefined : Date.parse(end), cause });
    byLane.set(lane, ofLane);
  }
  return (lane) => byLane.get(lane) ?? NO_INCARNATIONS;
}

/** Of what time rows are; of counts, all that was counted. */
export function stretchOf({ time, spanMs }: TimelineRows, rows: readonly number[]): TimeRange {
  const times = rows.map((row) => time[row] ?? 0);
  return { from: Math.min(...times) - spanMs / 2, to: Math.max(...times) + spanMs / 2 };
}

/** Whether there may have been more than these rows say. A revision says itself how often it was. */
export function isLowerBound(data: TimelineRows, rows: readonly number[]): boolean {
  return (data.spanMs > 0 || rows.length > 1) && data.isLowerOver(stretchOf(data, rows));
}

/** The first of the rows that is not before an instant: rows are in order of time. */
export function firstRowFrom({ time }: Pick<TimelineRows, 'time'>, rows: Uint32Array, ms: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((time[rows[middle] ?? 0] ?? 0) < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** As they were, with what is new behind them: while somebody watches, no lane moves. */
export function lanesInOrderOf(lanes: readonly Lane[], before: readonly Lane[]): readonly Lane[] {
  const ranks = new Map(before.map(({ id }, rank) => [id, rank]));
  const rank = ({ id }: Lane) => ranks.get(id) ?? before.length;
  const sorted = lanes.toSorted((one, other) => rank(one) - rank(other));
  return sorted
    .filter(({ parent }) => parent === undefined)
    .flatMap((lane) => [lane, ...sorted.filter(({ parent }) => parent === lane.id)]);
}

/**
 * What is known closer, under the lanes as they are: zooming in moves no lane. What is in none of them is not shown.
 */
export function onLanesOf(detail: TimelineData, lanes: readonly Lane[]): TimelineData {
  const places = new Map(lanes.map(({ id }, place) => [id, place]));
  const moved = detail.lanes.map(({ id, parent }) => places.get(id) ?? places.get(parent ?? '') ?? -1);
  const place = (lane: number) => moved[lane] ?? -1;
  const { marks, density } = detail;
  return {
    ...detail,
    lanes: [...lanes],
    incarnations: detail.incarnations.map((one) => ({ ...one, lane: place(one.lane) })).filter(({ lane }) => lane >= 0),
    ...(marks && { marks: keptMarks(marks, place) }),
    ...(density && { density: { ...density, cells: keptCells(density.cells, place) } }),
  };
}

type Marks = NonNullable<TimelineData['marks']>;
type Cells = NonNullable<TimelineData['density']>['cells'];

function keptMarks(marks: Marks, place: (lane: number) => number): Marks {
  const kept: Marks = { t0: marks.t0, dt: [], lane: [], severity: [], reason: [], count: [], id: [] };
  let skipped = 0;
  marks.lane.forEach((before, row) => {
    const lane = place(before);
    skipped += marks.dt[row] ?? 0;
    if (lane < 0) return;
    kept.dt.push(skipped);
    skipped = 0;
    kept.lane.push(lane);
    kept.severity.push(marks.severity[row] ?? 0);
    kept.reason.push(marks.reason[row] ?? 0);
    kept.count.push(marks.count[row] ?? 0);
    kept.id.push(marks.id[row] ?? '');
  });
  return kept;
}

function keptCells(cells: Cells, place: (lane: number) => number): Cells {
  const rows = [...cells.lane.keys()].filter((row) => place(cells.lane[row] ?? -1) >= 0);
  const kept = (column: readonly number[]) => rows.map((row) => column[row] ?? 0);
  return {
    ...cells,
    lane: kept(cells.lane).map(place),
    bucket: kept(cells.bucket),
    severity: kept(cells.severity),
    count: kept(cells.count),
  };
}

export const SEVERITY_COUNT = SEVERITIES.length;
