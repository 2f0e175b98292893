/** The configuration of routes: a tree, as Alertmanager's. https://prometheus.io/docs/alerting/latest/configuration/#route */
import * as v from 'valibot';
import {
  choice,
  duration,
  filter,
  flag,
  integer,
  listed,
  map,
  parsed,
  regularExpression,
  string,
  text,
} from '../config/fields.ts';
import type { RuleProblem } from '../config/rule.ts';
import type { Filter } from '../lang/filter.ts';
import type { RegularExpression } from '../lang/regular-expression.ts';
import { isObject } from '../util/is-object.ts';
import { nearestName } from '../util/nearest-name.ts';

/** One route as it was configured. Absent settings do nothing, but for those that say otherwise. */
export interface Route {
  /** Absent: every record. */
  readonly match?: Filter;
  readonly drop?: Filter;
  /** Absent: those of the route above. */
  readonly sinks?: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly throttle?: Throttle;
  readonly dedupe?: { readonly window: number };
  /** More than 0, at most 1. */
  readonly sample?: number;
  readonly redact: readonly Redaction[];
  readonly continue: boolean;
  readonly routes: readonly Route[];
}

export interface Throttle {
  readonly rate: Rate;
  /** Absent: the rate's count. */
  readonly burst?: number;
  /** Empty: all records together. */
  readonly key: readonly ThrottleField[];
}

/** So many within so many milliseconds. */
export interface Rate {
  readonly count: number;
  readonly periodMs: number;
}

export interface Redaction {
  readonly pattern: RegularExpression;
  readonly replacement: string;
}

/** What records can be counted apart by: the cluster, and fields of the event in core/v1. */
export const THROTTLE_FIELDS = [
  'cluster',
  'metadata.namespace',
  'involvedObject.apiVersion',
  'involvedObject.kind',
  'involvedObject.namespace',
  'involvedObject.name',
  'involvedObject.uid',
  'involvedObject.fieldPath',
  'type',
  'reason',
  'message',
  'action',
  'reportingComponent',
  'reportingInstance',
] as const;

export type ThrottleField = (typeof THROTTLE_FIELDS)[number];

const PERIODS_MS = { s: 1000, m: 60_000, h: 3_600_000 } as const;
const RATE = /^(\d+)\/([smh])$/;

const SHARE = /^(\d{1,3}(?:\.\d+)?)%$/;

const throttle = v.pipe(
  v.strictObject({
    rate: parsed(parseRate, 'How many records pass in a second, minute or hour.', {
      wanted: 'a rate such as 10/m, per s, m or h',
      pattern: RATE,
    }),
    burst: v.exactOptional(
      integer('How many may pass at once after a quiet time.', { minimum: 1, unset: 'as many as `rate` counts' }),
    ),
    key: v.optional(
      v.pipe(
        v.array(choice(THROTTLE_FIELDS, 'A field.')),
        v.description('Records that differ in one of these fields are counted apart.'),
        v.metadata({ unset: 'all are counted together' }),
      ),
      [],
    ),
  }),
  v.description('Lets so many records pass and no more; the others are not delivered, and counted.'),
  v.metadata({ unset: 'all pass' }),
);

const dedupe = v.pipe(
  v.strictObject({
    window: duration(
      'How long after a revision of an event was delivered later ones of it are held back. The next one after that says how many they were.',
    ),
  }),
  v.description('Folds the revisions of an event that follow one another closely into one.'),
  v.metadata({ unset: 'every revision is delivered' }),
);

const redaction = v.strictObject({
  pattern: regularExpression('What to replace: a regular expression in the syntax of RE2.'),
  replacement: v.optional(text('What stands in its place.', { pattern: /^/, wanted: 'a text' }), '***'),
});

const routeConfig: v.GenericSchema<unknown, Route> = v.strictObject({
  match: v.exactOptional(
    filter('Which records take this route: a condition in CEL, such as `event.type == "Warning"`.', { unset: 'all' }),
  ),
  drop: v.exactOptional(
    filter('Which of those are not delivered: not by this route, nor by those inside it or after it.', {
      unset: 'none',
    }),
  ),
  sinks: v.exactOptional(
    v.pipe(
      v.array(string('The name of a sink.')),
      v.description('The sinks to deliver to what none of the routes inside takes. `[]` delivers to none.'),
      v.metadata({ unset: 'those of the route above' }),
    ),
  ),
  labels: v.optional(
    map(string('A label.'), 'Labels for what is delivered. Of labels with one name the innermost counts.', {
      unset: 'none',
    }),
    {},
  ),
  throttle: v.exactOptional(throttle),
  dedupe: v.exactOptional(dedupe),
  sample: v.exactOptional(
    parsed(parseShare, 'The share of events to deliver. All revisions of an event fare alike.', {
      wanted: 'a share such as 10% or 0.5%, up to 100%',
      pattern: SHARE,
      unset: 'all',
    }),
  ),
  redact: v.optional(
    v.pipe(
      v.array(redaction),
      v.description(
        "Replaces texts in the event's message and annotations before it is delivered. What is stored stays as it is.",
      ),
      v.metadata({ unset: 'nothing' }),
    ),
    [],
  ),
  continue: v.optional(flag('Whether the routes after this one are tried as well.'), false),
  routes: v.optional(
    v.pipe(
      v.array(v.lazy(() => routeConfig)),
      v.description('Routes inside this one, for the records that take it; they are tried in the same way.'),
      v.metadata({ unset: 'none' }),
    ),
    [],
  ),
});

/** The schema of the routes. */
export const routesConfig = v.pipe(
  v.array(routeConfig),
  v.description(
    'Which records go to which sinks. A record takes the first route that it matches and that leads somewhere, and the next such one where that says `continue`; within a route the same holds for the routes inside. Every sink must be named by a route, unless there are no routes at all: then each gets every record.',
  ),
  v.metadata({ unset: 'every sink gets every record' }),
);

function parseRate(written: string): Rate | undefined {
  const [, count, period] = RATE.exec(written) ?? [];
  const rate = { count: Number(count), periodMs: PERIODS_MS[period as keyof typeof PERIODS_MS] };
  return rate.count > 0 && Number.isSafeInteger(rate.count) ? rate : undefined;
}

function parseShare(written: string): number | undefined {
  const percent = Number(SHARE.exec(written)?.[1]);
  return percent > 0 && percent <= 100 ? percent / 100 : undefined;
}

/**
 * What does not fit together in a configuration's routes and the names of its sinks, by place in the list of sinks:
 * routes to sinks that are not there, routes that lead nowhere, and sinks that no route leads to. Paths begin at the
 * configuration. Takes routes as far as they were read.
 */
export function* routeProblems(routes: unknown, sinkNames: readonly (string | undefined)[]): Iterable<RuleProblem> {
  const top = routesIn(routes);
  if (top.length === 0) return;
  const names = sinkNames.filter((name) => name !== undefined);
  const reached = new Set<unknown>();
  for (const { path, sinks, leadsNowhere } of visit(top, ['routes'], false)) {
    if (leadsNowhere) {
      yield { path, message: 'leads to no sink, want the names of sinks, or `sinks: []` to deliver nothing of it' };
    }
    for (const [index, name] of sinks.entries()) {
      reached.add(name);
      if (typeof name !== 'string' || names.includes(name)) continue;
      yield { path: [...path, 'sinks', index], message: wantedSink(name, names) };
    }
  }
  for (const [index, name] of sinkNames.entries()) {
    if (name === undefined || reached.has(name)) continue;
    yield { path: ['sinks', index], message: 'no route leads to it, want its name in the `sinks` of a route' };
  }
}

interface Visited {
  readonly path: readonly (string | number)[];
  readonly sinks: readonly unknown[];
  readonly leadsNowhere: boolean;
}

/** Every route, those inside after the one they are in. */
function* visit(routes: readonly unknown[], path: Visited['path'], hasSinksAbove: boolean): Iterable<Visited> {
  for (const [index, route] of routes.entries()) {
    if (!isObject(route)) continue;
    const own = [...path, index];
    const { sinks: written } = route;
    const inside = routesIn(route['routes']);
    const hasSinks = hasSinksAbove || written !== undefined;
    const sinks: readonly unknown[] = Array.isArray(written) ? written : [];
    // One that only drops lets the rest go on.
    const leadsNowhere = inside.length === 0 && !hasSinks && route['drop'] === undefined;
    yield { path: own, sinks, leadsNowhere };
    yield* visit(inside, [...own, 'routes'], hasSinks);
  }
}

function routesIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function wantedSink(name: string, names: readonly string[]): string {
  if (names.length === 0) return 'want the name of a sink, of which there is none';
  const near = nearestName(name, names);
  return near ? `want the name of a sink; did you mean "${near}"?` : `want the name of a sink: ${listed(names)}`;
}
