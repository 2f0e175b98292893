/** What a read of events asks, and what of it the caller may see. */
import type * as v from 'valibot';
import { allFilters, eventFilter } from '../../component/event-filter.ts';
import type { EventFilter, EventGroup, EventQuery } from '../../component/history.ts';
import type { Interval } from '../../core/coverage.ts';
import { messageOf } from '../../core/errors.ts';
import { shortFormToFilter } from '../../lang/short-form.ts';
import { callerOf, type Sight } from '../access.ts';
import { StatusError } from '../status-error.ts';
import type { LeftOut } from './answers.ts';
import type { Call } from './operation.ts';
import { invalidParameter, type rangeParameters, timeOf } from './parameters.ts';
import { Problem, problemOfFilter } from './problem.ts';

export type RangeParameters = v.InferOutput<v.StrictObjectSchema<typeof rangeParameters, undefined>>;

export interface Question {
  readonly range: Interval;
  readonly now: number;
  /** Those that may be seen. */
  readonly clusters: readonly string[];
  /** Undefined: all of them. */
  readonly namespaces: readonly string[] | undefined;
  readonly query: EventQuery & { readonly since: number; readonly until: number };
  readonly refused: NonNullable<LeftOut['refused']>;
  /** Of what may be seen only from an instant within the range on, since the namespace was created then. */
  readonly began: readonly Began[];
  /** Whose limits count. */
  readonly caller: string;
  /** For how long what may be seen can be relied on. */
  readonly validMs: number;
  /** For how many events the filter could not be evaluated so far, and why for the first of them. */
  readonly unevaluated: { events: number; detail: string };
}

export interface Began {
  readonly cluster: string;
  readonly namespace: string | undefined;
  readonly at: number;
}

const USUAL_FROM = 'now-24h';

/**
 * Throws {@link Problem} 400, and {@link StatusError} 401, or 403 when nothing of it may be seen. `range`: instead of
 * the one in the parameters.
 */
export async function questionOf(
  call: Call,
  parameters: RangeParameters,
  { verb = 'list', range }: { readonly verb?: 'list' | 'watch'; readonly range?: Interval | undefined } = {},
): Promise<Question> {
  const now = call.context.now();
  const asked = range ?? rangeOf(parameters, now);
  const unevaluated = { events: 0, detail: '' };
  const wanted = filtersOf(parameters, (error) => {
    if (unevaluated.events++ === 0) unevaluated.detail = messageOf(error);
  });
  const { namespace: namespaces } = parameters;
  const stored = await call.context.history.clusters();
  const parts = await partsOf(call, { clusters: parameters.cluster ?? stored, namespaces, verb });
  const granted = parts.filter(({ sight }) => sight !== undefined);
  for (const cluster of parameters.cluster ?? []) {
    if (!stored.includes(cluster)) throw invalidParameter('cluster', cluster, 'one that is stored');
  }
  const clusters = [...new Set(granted.map(({ cluster }) => cluster))];
  const seen = sightFilter(parts, asked.from);
  // In this order: of what may not be seen, nobody learns that a filter could not be evaluated.
  const filters = [...(seen ? [seen] : []), ...wanted];
  return {
    range: asked,
    now,
    clusters,
    namespaces,
    query: {
      since: asked.from,
      until: asked.to,
      clusters,
      ...(namespaces && { namespaces }),
      ...(filters.length > 0 && { filter: allFilters(filters) }),
    },
    refused: parts.flatMap(({ cluster, namespace, sight, detail = '' }) =>
      sight ? [] : [{ cluster, ...(namespace !== undefined && { namespace }), detail }],
    ),
    began: granted.flatMap(({ cluster, namespace, sight }) => {
      // Of a namespace that is gone nothing may be seen.
      const at = Math.min(sight?.notBefore ?? asked.from, Math.max(asked.to, now));
      return at > asked.from ? [{ cluster, namespace, at }] : [];
    }),
    caller: callerOf(call.incoming, granted[0]?.sight),
    validMs: Math.min(...parts.map(({ sight }) => sight?.validMs ?? Number.MAX_SAFE_INTEGER)),
    unevaluated,
  };
}

/** Does what somebody asks when it is their turn. Rejects with {@link StatusError} 429 too. */
export async function inTurn<T>(
  { context, signal }: Call,
  { caller }: Pick<Question, 'caller'>,
  work: () => Promise<T>,
): Promise<T> {
  const end = await context.fairUse.read(caller, signal);
  try {
    return await work();
  } finally {
    end();
  }
}

function rangeOf({ from = USUAL_FROM, to = 'now' }: RangeParameters, now: number): Interval {
  // Nothing was before; and what steps begin with has to be a year of four digits.
  const range = { from: Math.max(0, timeOf(from, now)), to: Math.max(0, timeOf(to, now)) };
  if (range.from > range.to) throw invalidParameter('from', from, 'a time before that of to');
  return range;
}

/** Throws {@link Problem} with the place of what is wrong. */
export function filtersOf(
  { q, cel }: Pick<RangeParameters, 'q' | 'cel'>,
  onError: (error: unknown) => void,
): EventFilter[] {
  return [
    ...(q === undefined ? [] : [compiled('q', () => eventFilter(shortFormToFilter(q), onError))]),
    ...(cel === undefined ? [] : [compiled('cel', () => eventFilter(cel, onError))]),
  ];
}

function compiled(parameter: string, compile: () => EventFilter): EventFilter {
  try {
    return compile();
  } catch (error) {
    throw problemOfFilter(error, parameter);
  }
}

interface Part {
  readonly cluster: string;
  readonly namespace: string | undefined;
  /** Undefined: it may not be seen. */
  readonly sight: Sight | undefined;
  /** Why not. */
  readonly detail?: string;
}

/** Not known there, not allowed, not a cluster whose rights are known, nobody there to ask. */
const REFUSALS: ReadonlySet<number> = new Set([401, 403, 404, 503]);

async function partsOf(
  { context, incoming }: Call,
  asked: {
    readonly clusters: readonly string[];
    readonly namespaces: readonly string[] | undefined;
    readonly verb: 'list' | 'watch';
  },
): Promise<readonly Part[]> {
  const { clusters, namespaces = [undefined], verb } = asked;
  let refusal: StatusError | undefined;
  // While nothing is stored, rights are those at the first one.
  const places = (clusters.length === 0 ? [''] : clusters).flatMap((cluster) =>
    namespaces.map((namespace) => ({ cluster, namespace })),
  );
  const parts = await Promise.all(
    places.map(async ({ cluster, namespace }): Promise<Part> => {
      const attempt = { cluster, verb, group: '', ...(namespace !== undefined && { namespace }) } as const;
      try {
        return { cluster, namespace, sight: await context.access.events(attempt, incoming) };
      } catch (error) {
        if (!(error instanceof StatusError) || !REFUSALS.has(error.status.code)) throw error;
        // Whom one of them knows is not told to say who they are.
        if (!refusal || refusal.status.code === 401) refusal = error;
        return { cluster, namespace, sight: undefined, detail: error.message };
      }
    }),
  );
  if (refusal && parts.every(({ sight }) => sight === undefined)) throw refused(refusal, namespaces);
  return parts;
}

function refused({ status, headers }: StatusError, namespaces: readonly (string | undefined)[]): Problem {
  const isWide = status.code === 403 && namespaces.includes(undefined);
  const hint = 'Name the namespaces that you may read with namespace=.';
  return new Problem(status.code, status.message, isWide ? { hint } : {}, headers);
}

/** Undefined when all of what is asked for may be seen. */
function sightFilter(parts: readonly Part[], since: number): EventFilter | undefined {
  const isWhole = parts.every(({ sight }) => sight && (sight.notBefore ?? since) <= since);
  if (isWhole) return undefined;
  const sights = new Map(parts.map(({ cluster, namespace, sight }) => [keyOf(cluster, namespace), sight]));
  const sightOf = ({ cluster, namespace }: Pick<EventGroup, 'cluster' | 'namespace'>) =>
    sights.get(keyOf(cluster, undefined)) ?? sights.get(keyOf(cluster, namespace));
  return {
    ofGroup(group) {
      const sight = sightOf(group);
      if (!sight) return false;
      return (sight.notBefore ?? since) <= since ? true : undefined;
    },
    matches({ cluster, time, body }) {
      const sight = sightOf({ cluster, namespace: body.metadata.namespace ?? '' });
      return sight !== undefined && time >= (sight.notBefore ?? since);
    },
  };
}

function keyOf(cluster: string, namespace: string | undefined): string {
  return JSON.stringify([cluster, namespace]);
}
