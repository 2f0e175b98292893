/**
 * Which records go to which sinks. The routes of one level are asked in their order; the first that takes a record ends
 * the search on that level, unless it says `continue`. A route takes a record when its `match` holds and it has somewhere
 * to send it: one of its nested routes takes it, or else it has sinks, its own or those of the route around it. What a
 * route drops ends there: nobody after it is asked.
 *
 * The tree is Alertmanager's: https://prometheus.io/docs/alerting/latest/configuration/#route
 */
import type { EventRecord } from '../core/record.ts';
import type { Filter, RecordContext } from '../lang/filter.ts';
import type { Redaction, Route } from './route-config.ts';

/** The routes that lead a record to a sink, from the outermost to the one that sends it. */
export type RoutePath = readonly Route[];

/** Told, route by route, what becomes of a record on its way. */
export interface RouteObserver {
  readonly onMatch: (route: Route) => void;
  readonly onDrop: (route: Route) => void;
}

/** How a record reaches each sink: the first of the ways that lead there. */
export function routesOf(
  routes: readonly Route[],
  record: EventRecord,
  context: RecordContext,
  observer?: RouteObserver,
): ReadonlyMap<string, RoutePath> {
  const found = new Map<string, RoutePath>();
  visit(routes, { record, context, found, observer }, []);
  return found;
}

interface Visit {
  readonly record: EventRecord;
  readonly context: RecordContext;
  readonly found: Map<string, RoutePath>;
  readonly observer: RouteObserver | undefined;
}

/** Whether one of the routes took the record, or dropped it. */
function visit(routes: readonly Route[], visited: Visit, around: RoutePath): boolean {
  let isTaken = false;
  for (const route of routes) {
    const { record, context, observer } = visited;
    if (route.match && !route.match.matches(record, context)) continue;
    observer?.onMatch(route);
    if (route.drop?.matches(record, context)) {
      observer?.onDrop(route);
      return true;
    }
    if (!take(route, visited, [...around, route])) continue;
    isTaken = true;
    if (!route.continue) break;
  }
  return isTaken;
}

function take(route: Route, visited: Visit, path: RoutePath): boolean {
  if (visit(route.routes, visited, path)) return true;
  const sinks = path.findLast(({ sinks: own }) => own !== undefined)?.sinks;
  if (!sinks || sinks.length === 0) return false;
  for (const sink of sinks) if (!visited.found.has(sink)) visited.found.set(sink, path);
  return true;
}

/** All the filters of a tree, to see what they need. */
export function filtersOf(routes: readonly Route[]): readonly Filter[] {
  return routes.flatMap(({ match, drop, routes: nested }) => [
    ...(match ? [match] : []),
    ...(drop ? [drop] : []),
    ...filtersOf(nested),
  ]);
}

/** All the redactions of a tree: for what must show no more than any route lets through. */
export function redactionsOf(routes: readonly Route[]): readonly Redaction[] {
  return routes.flatMap(({ redact, routes: nested }) => [...redact, ...redactionsOf(nested)]);
}
