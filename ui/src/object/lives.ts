/** The lives of an object as lanes, and below them what happened to its nodes, as the timeline draws them. */
import type { TimelineData } from '../timeline/timeline-question.ts';
import type { Incarnation, ObjectSummary } from './object-question.ts';

type Lane = TimelineData['lanes'][number];
type Marks = NonNullable<TimelineData['marks']>;

/** Beyond that lanes tell less than the table. */
const MOST_LANES = 40;

/** `nodes`: what is known of them, in the order of their lanes. */
export function livesOf(summary: ObjectSummary, nodes: readonly ObjectSummary[]): TimelineData {
  const { incarnations, object } = summary;
  const shown = incarnations.slice(0, MOST_LANES);
  const isAlone = incarnations.every(({ kind, name }) => kind === object.kind && name === object.name);
  const own = shown.map((life, place) =>
    laneOf(life, isAlone ? numbered(life, incarnations.length - place) : life.name),
  );
  const parts: readonly Part[] = [
    { ...summary, laneOf: (place) => (place < own.length ? place : undefined) },
    ...nodes.map((node, index) => ({ ...node, laneOf: () => own.length + index })),
  ];
  return {
    lanes: [...own, ...nodes.map(nodeLane)],
    incarnations: shown.flatMap(({ kind, uid, node, start, end, cause }, lane) =>
      // Of what is no Pod its events tell nothing of how long it was there.
      kind === 'Pod'
        ? [{ lane, uid, node, start, ...(end !== undefined && { end }), ...(cause !== undefined && { cause }) }]
        : [],
    ),
    ...merged(parts, summary.dict.severities),
  };
}

/** The nodes that it ran on, the latest first. */
export function nodesOf({ incarnations, object }: ObjectSummary): readonly string[] {
  if (object.kind === 'Node') return [];
  return [...new Set(incarnations.map(({ node }) => node).filter((node) => node !== ''))];
}

function laneOf({ cluster, kind, uid, occurrences }: Incarnation, name: string): Lane {
  // Its place is said by the title.
  return { id: `${cluster}/${uid}/${name}`, cluster, kind, namespace: '', name, score: 0, count: occurrences };
}

/** One name for all of them tells nothing: the first one is #1. */
function numbered({ node, name }: Incarnation, number: number): string {
  return `#${number} ${node === '' ? name : node}`;
}

function nodeLane({ object: { name }, incarnations, occurrences }: ObjectSummary): Lane {
  const cluster = incarnations[0]?.cluster ?? '';
  // As Kubernetes writes it, in place of a namespace: Node/node-1.
  return { id: `Node/${name}`, cluster, kind: 'Node', namespace: 'Node', name, score: 0, count: occurrences };
}

interface Part extends Pick<ObjectSummary, 'marks' | 'dict'> {
  readonly laneOf: (place: number) => number | undefined;
}

/** In order of time, with one dictionary. */
function merged(
  parts: readonly Part[],
  severities: TimelineData['dict']['severities'],
): Pick<TimelineData, 'marks' | 'dict'> {
  const reasons = new Map<string, number>();
  const rows = parts.flatMap(({ marks, dict, laneOf: place }) => {
    let time = marks.t0;
    return marks.dt.flatMap((dt, row) => {
      time += dt;
      const lane = place(marks.lane[row] ?? 0);
      if (lane === undefined) return [];
      const name = dict.reasons[marks.reason[row] ?? 0] ?? '';
      const reason = reasons.get(name) ?? reasons.size;
      reasons.set(name, reason);
      const { severity, count, id } = marks;
      return [{ time, lane, reason, severity: severity[row] ?? 0, count: count[row] ?? 0, id: id[row] ?? '' }];
    });
  });
  rows.sort((one, other) => one.time - other.time);
  const columns: Marks = { t0: rows[0]?.time ?? 0, dt: [], lane: [], severity: [], reason: [], count: [], id: [] };
  let before = columns.t0;
  for (const { time, lane, severity, reason, count, id } of rows) {
    columns.dt.push(time - before);
    columns.lane.push(lane);
    columns.severity.push(severity);
    columns.reason.push(reason);
    columns.count.push(count);
    columns.id.push(id);
    before = time;
  }
  return { marks: columns, dict: { severities, reasons: [...reasons.keys()] } };
}
