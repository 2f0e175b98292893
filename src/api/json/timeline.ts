/** Who had what when: a lane each, with the revisions of a range as marks, or how dense they are. */
import * as v from 'valibot';
import type { History, Mark } from '../../component/history.ts';
import type { Interval } from '../../core/coverage.ts';
import { rfc3339 } from '../../core/rfc3339.ts';
import { SEVERITIES, severityOf } from '../../core/severity.ts';
import { rangeAnswer } from './answers.ts';
import { eventFields } from './event-row.ts';
import { Incarnation } from './incarnations.ts';
import { type Drawn, markColumns } from './mark-columns.ts';
import { type Call, operation } from './operation.ts';
import { limitParameter, namesParameter, rangeParameters, timeoutParameter } from './parameters.ts';
import { inTurn, type Question, questionOf } from './question.ts';
import { rangeAnswerOf } from './range-answer.ts';
import { TimelineDensity } from './timeline-density.ts';
import { LANE_GROUPS, type Lane, type LaneGroup, Lanes } from './timeline-lanes.ts';
import { type Timeline, timelineSchema } from './view-answers.ts';

const MOST_MARKS = 200_000;
/** Pods of opened lanes of which is found out where they ran, and revisions that are looked at for it. */
const MOST_INCARNATIONS = 200;
const INCARNATION_EVENTS = 10;

export const getTimeline = operation({
  method: 'GET',
  path: '/timeline',
  summary: 'Lanes of workloads, nodes or namespaces with their revisions over time.',
  parameters: {
    ...rangeParameters,
    group: v.exactOptional(v.picklist(LANE_GROUPS, `one of ${LANE_GROUPS.join(', ')}`), 'workload'),
    open: namesParameter('The `id` of a lane whose pods, or workloads, have lanes of their own. May be repeated.'),
    max: limitParameter(MOST_MARKS, MOST_MARKS),
    timeoutSeconds: timeoutParameter,
  },
  answer: rangeAnswer(timelineSchema),
  async run(asked) {
    const { context, parameters, signal } = asked;
    const question = await questionOf(asked, parameters);
    const drawing = new Drawing(question.range, parameters);
    const answered = await inTurn(asked, question, async () => {
      const stopping = AbortSignal.any([signal, AbortSignal.timeout(parameters.timeoutSeconds * 1_000)]);
      const before = await drawing.draw(context.history, question.query, stopping);
      return { before, incarnations: await incarnationsOf(asked, question, { drawing, signal: stopping }) };
    });
    const leftOut = answered.before === undefined ? {} : { before: rfc3339(answered.before) };
    return rangeAnswerOf(context.history, question, drawing.toJson(answered.incarnations), leftOut);
  },
});

class Drawing {
  readonly #options: { readonly group: LaneGroup; readonly open?: readonly string[]; readonly max: number };
  readonly #lanes: Lanes;
  readonly #reasons = new Map<string, number>();
  readonly #range: Interval;
  /** Newest first. */
  #marks: Drawn<Lane>[] = [];
  /** Once there are too many marks. */
  #density: TimelineDensity<Lane> | undefined;
  /** Of opened pods, by lane and UID. */
  readonly pods = new Map<Lane, Map<string, Incarnation>>();

  constructor(
    range: Interval,
    options: { readonly group: LaneGroup; readonly open?: readonly string[]; readonly max: number },
  ) {
    this.#options = options;
    this.#lanes = new Lanes(options.group, options.open ?? []);
    this.#range = range;
  }

  /** Gives how far back it came when it was stopped. */
  async draw(
    history: Pick<History, 'marks'>,
    query: Question['query'],
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const hosts = this.#options.group === 'node';
    let reached: number | undefined;
    for await (const some of history.marks(query, { hosts, signal })) {
      for (const mark of some.marks) this.#add(mark);
      reached = some.reached;
    }
    return reached;
  }

  #add(mark: Mark): void {
    const { group, object, time, occurrences, uid, resourceVersion } = mark;
    const severity = SEVERITIES.indexOf(severityOf(group));
    const lane = this.#lanes.add(mark, severity);
    if (lane.parent && object.kind === 'Pod' && lane.isOf(object))
      this.#live(lane, object.uid).add({ time, reason: group.reason });
    if (this.#density) {
      this.#density.add({ lane, time, severity, count: occurrences });
      return;
    }
    let reason = this.#reasons.get(group.reason);
    if (reason === undefined) {
      reason = this.#reasons.size;
      this.#reasons.set(group.reason, reason);
    }
    this.#marks.push({ time, lane, severity, reason, count: occurrences, id: `${uid}/${resourceVersion}` });
    if (this.#marks.length > this.#options.max) {
      this.#density = new TimelineDensity(this.#range);
      for (const drawn of this.#marks) this.#density.add(drawn);
      this.#marks = [];
    }
  }

  #live(lane: Lane, uid: string): Incarnation {
    let ofLane = this.pods.get(lane);
    if (!ofLane) {
      ofLane = new Map();
      this.pods.set(lane, ofLane);
    }
    let incarnation = ofLane.get(uid);
    if (!incarnation) {
      incarnation = new Incarnation(uid);
      ofLane.set(uid, incarnation);
    }
    return incarnation;
  }

  toJson(incarnations: Lives): Timeline {
    const ordered = this.#lanes.ordered();
    const places = new Map(ordered.map((lane, index) => [lane, index]));
    const placeOf = (lane: Lane) => places.get(lane) ?? 0;
    return {
      lanes: ordered.map((lane) => lane.toJson()),
      ...incarnations(places),
      ...(this.#density ? { density: this.#density.toJson(placeOf) } : { marks: markColumns(this.#marks, placeOf) }),
      dict: { severities: [...SEVERITIES], reasons: [...this.#reasons.keys()] },
    };
  }
}

/** Once lanes have their places. */
type Lives = (lanes: ReadonlyMap<Lane, number>) => Pick<Timeline, 'incarnations' | 'unlocated'>;

/** Where opened pods ran, and since when, is in their events alone: it is looked up for some of them. */
async function incarnationsOf(
  { context }: Call,
  { query }: Question,
  { drawing: { pods }, signal }: { readonly drawing: Drawing; readonly signal: AbortSignal },
): Promise<Lives> {
  const all = [...pods].flatMap(([lane, ofLane]) => Array.from(ofLane.values(), (one) => ({ lane, one })));
  let looked = 0;
  for (const { lane, one } of all.slice(0, MOST_INCARNATIONS)) {
    if (signal.aborted) break;
    const object = { kind: 'Pod', namespace: lane.namespace, name: lane.name, uid: one.uid };
    const { events } = await context.history.page(
      { ...query, clusters: [lane.cluster], object },
      { revisions: true, limit: INCARNATION_EVENTS, signal },
    );
    for (const event of events) {
      const { node, reason } = eventFields(event);
      one.add({ time: event.time, reason, firstSeen: event.firstSeen, node });
    }
    looked++;
  }
  const unlocated = all.length - looked;
  return (lanes) => ({
    incarnations: all
      .toSorted((a, b) => a.one.lastSeen - b.one.lastSeen)
      .map(({ lane, one }) => ({ lane: lanes.get(lane) ?? 0, ...one.toJson() }))
      .toSorted((a, b) => a.lane - b.lane),
    ...(unlocated > 0 && { unlocated }),
  });
}
