/** Lists of revisions and of events, page by page, and one of them in full. */
import type { EventPage, EventQuery, PageOptions, StoredEvent } from '../../component/history.ts';
import type { Interval } from '../../core/coverage.ts';
import { countOf } from '../../core/event.ts';
import { toCoreV1 } from '../../core/event-conversion.ts';
import { rfc3339 } from '../../core/rfc3339.ts';
import { callerOf, type EventsAttempt, type Sight } from '../access.ts';
import { StatusError } from '../status-error.ts';
import { eventRowsSchema, eventSchema, type LeftOut, rangeAnswer, stateAnswer } from './answers.ts';
import { eventRow, idOf } from './event-row.ts';
import { cursorParameter, parseCursor, printCursor } from './list-cursor.ts';
import { type ObjectParameters, objectOf, objectParameters } from './object-parameters.ts';
import { type Asked, type Call, operation } from './operation.ts';
import { limitParameter, rangeParameters, timeoutParameter } from './parameters.ts';
import { Problem } from './problem.ts';
import { inTurn, type Question, questionOf, type RangeParameters } from './question.ts';
import { rangeAnswerOf } from './range-answer.ts';

/** How long a page may be looked for. */
export const PAGE_MS = 2_000;
const MAX_REVISIONS = 500;

export const listParameters = {
  ...rangeParameters,
  ...objectParameters,
  limit: limitParameter(1_000, 200),
  cursor: cursorParameter,
  timeoutSeconds: timeoutParameter,
} as const;

export const listEvents = operation({
  method: 'GET',
  path: '/events',
  summary: 'Revisions of events, newest first by last seen.',
  parameters: listParameters,
  answer: rangeAnswer(eventRowsSchema),
  async run(asked) {
    const { question, page } = await pageOf(asked, ({ query, ...options }) =>
      asked.context.history.page(query, { ...options, revisions: true }),
    );
    return rangeAnswerOf(asked.context.history, question, rowsOf(question, page), stopOf(page));
  },
});

export type ListParameters = RangeParameters &
  ObjectParameters & { readonly limit: number; readonly cursor?: string; readonly timeoutSeconds: number };
type PageRead = Pick<PageOptions, 'limit' | 'after'> & { readonly query: EventQuery; readonly signal: AbortSignal };

/** The page of a list that the parameters ask for. */
export async function pageOf<TPage extends EventPage>(
  asked: Asked<ListParameters>,
  read: (page: PageRead, range: Interval) => Promise<TPage>,
): Promise<{ readonly question: Question; readonly page: TPage }> {
  const { parameters, signal } = asked;
  const cursor = parameters.cursor === undefined ? undefined : parseCursor(parameters.cursor);
  const question = await questionOf(asked, parameters, { range: cursor?.range });
  const page = await inTurn(asked, question, () => {
    const wanted = {
      query: { ...question.query, ...objectOf(parameters) },
      limit: parameters.limit,
      signal: AbortSignal.any([signal, AbortSignal.timeout(parameters.timeoutSeconds * 1_000)]),
      ...(cursor && { after: cursor.after }),
    };
    return read(wanted, question.range);
  });
  return { question, page };
}

export function rowsOf({ range }: Question, { events, next }: EventPage) {
  return { rows: events.map(eventRow), ...nextOf(range, next) };
}

/** Where the list goes on. */
export function nextOf(range: Interval, next: string | undefined): { next?: string } {
  return next === undefined ? {} : { next: printCursor({ range, after: next }) };
}

export function stopOf({ stoppedAt }: EventPage): LeftOut {
  return stoppedAt === undefined ? {} : { before: rfc3339(stoppedAt) };
}

export const getEvent = operation({
  method: 'GET',
  path: '/events/:uid/:resourceVersion',
  summary: 'One revision of an event in full, and which others of it are stored.',
  parameters: {},
  answer: stateAnswer(eventSchema),
  async run(call) {
    const { stored, sight } = await revisionAsked(call);
    const message = stored.body.message ?? '';
    return {
      data: {
        ...eventRow(stored),
        message,
        received: rfc3339(stored.receivedAt),
        origin: stored.origin,
        raw: { ...toCoreV1(stored.body) },
        revisions: await inTurn(call, { caller: callerOf(call.incoming, sight) }, () =>
          revisionsOf(call, stored, sight.notBefore),
        ),
      },
    };
  },
});

/** The one that the path names. Throws {@link Problem} 404. */
export async function revisionAsked(call: Call): Promise<Seen> {
  const { uid = '', resourceVersion = '' } = call.path;
  // Who asks is known by the rights to what is found.
  const stranger = { caller: callerOf(call.incoming, undefined) };
  const revisions = await inTurn(call, stranger, () => call.context.history.revision(uid, resourceVersion));
  const found = await seenOf(call, revisions);
  if (!found) throw new Problem(404, `found no event ${uid}/${resourceVersion}`);
  return found;
}

interface Seen {
  readonly stored: StoredEvent;
  readonly sight: Sight;
}

/** The first that may be seen. Whoever may see none of them is answered as if there were none. */
async function seenOf({ context, incoming }: Call, found: readonly StoredEvent[]): Promise<Seen | undefined> {
  const sightOf = (attempt: Omit<EventsAttempt, 'verb' | 'group'>): Promise<Sight | undefined> =>
    permitted(context.access.events({ ...attempt, verb: 'get', group: '' }, incoming), [401, 403, 404]);
  for (const stored of found) {
    const { cluster, time, body } = stored;
    const { name, namespace = '' } = body.metadata;
    const sight = await sightOf({ cluster, namespace, name });
    if (sight && time >= (sight.notBefore ?? time)) return { stored, sight };
  }
  const [cluster = ''] = await context.history.clusters();
  // Nor is anybody told that there is none who would have to say first who they are.
  await permitted(context.access.events({ cluster, verb: 'get', group: '' }, incoming), [403]);
  return undefined;
}

/** Undefined for what is refused to the one who asks, by one of these codes. */
async function permitted<T>(decision: Promise<T>, refusals: readonly number[]): Promise<T | undefined> {
  try {
    return await decision;
  } catch (error) {
    if (error instanceof StatusError && refusals.includes(error.status.code)) return undefined;
    throw error;
  }
}

async function revisionsOf({ context, signal }: Call, stored: StoredEvent, since: number | undefined) {
  const { cluster, body } = stored;
  const { kind, namespace, name = '', uid } = body.involvedObject;
  const object = {
    name,
    ...(kind !== undefined && { kind }),
    ...(namespace !== undefined && { namespace }),
    ...(uid !== undefined && { uid }),
  };
  const filter = {
    ofGroup: () => undefined,
    matches: (other: StoredEvent) => other.body.metadata.uid === body.metadata.uid,
  };
  const options = {
    revisions: true,
    limit: MAX_REVISIONS,
    signal: AbortSignal.any([signal, AbortSignal.timeout(PAGE_MS)]),
  };
  const query = { clusters: [cluster], object, filter, ...(since !== undefined && { since }) };
  const { events } = await context.history.page(query, options);
  return events.map((revision) => ({
    id: idOf(revision),
    last: rfc3339(revision.time),
    count: countOf(revision.body),
    delta: revision.occurrences,
  }));
}
