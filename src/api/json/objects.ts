/** One object or workload: its lives, what happened to it, and its story. */
import type { EventQuery, StoredEvent } from '../../component/history.ts';
import { rfc3339 } from '../../core/rfc3339.ts';
import { SEVERITIES, type Severity, severityOf } from '../../core/severity.ts';
import { lessCertain, type NamedObject, ownershipOf } from '../../core/workload.ts';
import { eventRowsSchema, type LeftOut, rangeAnswer } from './answers.ts';
import { eventFields } from './event-row.ts';
import { Incarnation } from './incarnations.ts';
import { cursorParameter } from './list-cursor.ts';
import { type ListParameters, pageOf, rowsOf, stopOf } from './list-events.ts';
import { sparkOf } from './list-series.ts';
import { type Drawn, markColumns } from './mark-columns.ts';
import type { ObjectParameters } from './object-parameters.ts';
import { type Asked, operation } from './operation.ts';
import { limitParameter, rangeParameters, timeoutParameter } from './parameters.ts';
import { inTurn, type Question, questionOf, type RangeParameters } from './question.ts';
import { rangeAnswerOf } from './range-answer.ts';
import { type ObjectSummary, objectSummarySchema } from './view-answers.ts';

/** Revisions that a summary is made of. */
const MOST_REVISIONS = 200_000;
const USUAL_REVISIONS = 20_000;
const MOST_INCARNATIONS = 500;
/** Stands for no namespace, or a kind that is not known: a part of a path cannot be empty. */
const NONE = '-';

const summaryParameters = {
  ...rangeParameters,
  max: limitParameter(MOST_REVISIONS, USUAL_REVISIONS),
  timeoutSeconds: timeoutParameter,
} as const;

const storyParameters = {
  ...rangeParameters,
  limit: limitParameter(1_000, 200),
  cursor: cursorParameter,
  timeoutSeconds: timeoutParameter,
} as const;

export const getObject = operation({
  method: 'GET',
  path: '/objects/:kind/:namespace/:name',
  summary: 'An involved object: its owners, its incarnations, and what happened to it.',
  parameters: summaryParameters,
  answer: rangeAnswer(objectSummarySchema),
  run: (asked) => summary(asked, false),
});

export const getObjectStory = operation({
  method: 'GET',
  path: '/objects/:kind/:namespace/:name/story',
  summary: 'Events about an object at their latest revision in the range, newest first.',
  parameters: storyParameters,
  answer: rangeAnswer(eventRowsSchema),
  run: (asked) => story(asked, false),
});

export const getWorkload = operation({
  method: 'GET',
  path: '/workloads/:kind/:namespace/:name',
  summary: 'A workload with what belongs to it: the incarnations of its pods, and what happened to them.',
  parameters: summaryParameters,
  answer: rangeAnswer(objectSummarySchema),
  run: (asked) => summary(asked, true),
});

export const getWorkloadStory = operation({
  method: 'GET',
  path: '/workloads/:kind/:namespace/:name/story',
  summary: 'Events about a workload and what belongs to it, at their latest revision in the range, newest first.',
  parameters: storyParameters,
  answer: rangeAnswer(eventRowsSchema),
  run: (asked) => story(asked, true),
});

interface About {
  readonly named: NamedObject;
  readonly object: NonNullable<EventQuery['object']>;
}

function aboutOf({ path }: Asked<unknown>, owned: boolean): About {
  const [kind = '', namespace = '', name = ''] = [path['kind'], path['namespace'], path['name']].map((part) =>
    part === NONE ? '' : part,
  );
  const object = { name, namespace, ...(kind !== '' && { kind }), ...(owned && { owned }) };
  return { named: { kind, namespace, name }, object };
}

/** Events about what has a namespace lie there, so rights to that one will do. */
function parametersOf<T extends RangeParameters>(parameters: T, { named: { namespace } }: About): T {
  return namespace === '' ? parameters : { ...parameters, namespace: [namespace] };
}

async function story(asked: Asked<Omit<ListParameters, keyof ObjectParameters>>, owned: boolean) {
  const about = aboutOf(asked, owned);
  const { history } = asked.context;
  const { question, page } = await pageOf(
    { ...asked, parameters: parametersOf(asked.parameters, about) },
    ({ query, ...options }) => history.page({ ...query, object: about.object }, options),
  );
  return rangeAnswerOf(history, question, rowsOf(question, page), stopOf(page));
}

type SummaryParameters = RangeParameters & { readonly max: number; readonly timeoutSeconds: number };

async function summary(asked: Asked<SummaryParameters>, owned: boolean) {
  const { context, parameters, signal } = asked;
  const { max, timeoutSeconds } = parameters;
  const about = aboutOf(asked, owned);
  const question = await questionOf(asked, parametersOf(parameters, about));
  const stopping = AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1_000)]);
  const sums = new Summary(question);
  const leftOut = await inTurn(asked, question, async (): Promise<LeftOut> => {
    const query = { ...question.query, object: about.object };
    // Not page by page: each would find, and sort, all that belongs to it again.
    const events = context.history.events(query, { revisions: true, order: 'newest-first', signal: stopping });
    let reached = question.range.to;
    for await (const event of events) {
      if (sums.revisions >= max) return { before: rfc3339(reached), revisions: max };
      sums.add(event);
      reached = event.time;
    }
    return stopping.aborted ? { before: rfc3339(reached) } : {};
  });
  return rangeAnswerOf(context.history, question, sums.toJson(about.named, owned), leftOut);
}

interface Life {
  readonly cluster: string;
  readonly kind: string;
  readonly name: string;
  readonly owners: NamedObject['owners'];
  readonly incarnation: Incarnation;
  occurrences: number;
}

interface ReasonSum {
  readonly reason: string;
  readonly severity: Severity;
  /** Its place in the dictionary. */
  readonly place: number;
  readonly last: number;
  readonly spark: number[];
  occurrences: number;
}

class Summary {
  readonly #spread: ReturnType<typeof sparkOf>;
  readonly #lives = new Map<string, Life>();
  readonly #reasons = new Map<string, ReasonSum>();
  readonly #dict = new Map<string, number>();
  /** Newest first. */
  readonly #marks: Drawn<Life>[] = [];
  #node = '';

  constructor({ range }: Question) {
    this.#spread = sparkOf(range);
  }

  get revisions(): number {
    return this.#marks.length;
  }

  /** Newest first. */
  add(event: StoredEvent): void {
    const { time, occurrences, firstSeen } = event;
    const { id, cluster, object, node, reason, type } = eventFields(event);
    if (this.#node === '') this.#node = node;
    const key = JSON.stringify([cluster, object.kind, object.name, object.uid]);
    const { kind, name, uid, owners } = object;
    const incarnation = () => new Incarnation(uid);
    const life = this.#lives.get(key) ?? { cluster, kind, name, owners, incarnation: incarnation(), occurrences: 0 };
    life.occurrences += occurrences;
    life.incarnation.add({ time, reason, firstSeen, node });
    this.#lives.set(key, life);
    const severity = severityOf({ type, reason });
    const sum = this.#reasons.get(`${severity} ${reason}`) ?? {
      reason,
      severity,
      place: this.#placeOf(reason),
      last: time,
      spark: Array.from({ length: this.#spread.count }, () => 0),
      occurrences: 0,
    };
    sum.occurrences += occurrences;
    const part = Math.floor((time - this.#spread.start) / this.#spread.step);
    sum.spark[part] = (sum.spark[part] ?? 0) + occurrences;
    this.#reasons.set(`${severity} ${reason}`, sum);
    const drawn = { time, lane: life, severity: SEVERITIES.indexOf(severity), reason: sum.place, count: occurrences };
    this.#marks.push({ ...drawn, id });
  }

  #placeOf(reason: string): number {
    const place = this.#dict.get(reason) ?? this.#dict.size;
    this.#dict.set(reason, place);
    return place;
  }

  toJson(object: NamedObject, isWorkload: boolean): ObjectSummary {
    const lives = [...this.#lives.values()].toSorted((a, b) => b.incarnation.lastSeen - a.incarnation.lastSeen);
    const places = new Map(lives.slice(0, MOST_INCARNATIONS).map((life, place) => [life, place]));
    const isItself = ({ kind, name }: Life) => name === object.name && kind.toLowerCase() === object.kind.toLowerCase();
    const { chain, linkedBy: ofItself } = ownershipOf({ ...object, owners: lives.find(isItself)?.owners });
    const linkedBy = lives
      .filter((life) => isWorkload && !isItself(life))
      .map(({ kind, name, owners }) => ownershipOf({ ...object, kind, name, owners }).linkedBy)
      .reduce(lessCertain, ofItself);
    return {
      object,
      owners: chain.slice(1),
      ...(linkedBy && { linkedBy }),
      node: this.#node,
      occurrences: lives.reduce((sum, { occurrences }) => sum + occurrences, 0),
      incarnations: lives
        .slice(0, MOST_INCARNATIONS)
        .map(({ incarnation, owners: _owners, ...life }) => ({ ...life, ...incarnation.toJson() })),
      more: Math.max(0, lives.length - MOST_INCARNATIONS),
      reasons: [...this.#reasons.values()]
        .toSorted((a, b) => b.occurrences - a.occurrences || (a.reason < b.reason ? -1 : 1))
        .map(({ place: _place, last, ...sum }) => ({ ...sum, last: rfc3339(last) })),
      marks: markColumns(
        this.#marks.filter(({ lane }) => places.has(lane)),
        (lane) => places.get(lane) ?? 0,
      ),
      dict: { severities: [...SEVERITIES], reasons: [...this.#dict.keys()] },
    };
  }
}
