/** What routes would make of records: judged before they go live, by the times of the events. Nothing is sent. */
import type { Message } from '../component/message.ts';
import type { EventRecord } from '../core/record.ts';
import { routesOf } from './route.ts';
import type { Route } from './route-config.ts';
import { type HeldBack, SinkRouter } from './sink-router.ts';

export interface RouteTrialOptions {
  /** None: every sink gets everything. */
  readonly routes: readonly Route[];
  /** The names of the sinks. */
  readonly sinks: readonly string[];
}

/** What becomes of one record. */
export interface RouteVerdict {
  /** Those whose `match` holds, as far as they were asked. */
  readonly matched: readonly Route[];
  readonly droppedBy?: Route;
  /** The sinks it is led to, which may be some although a later route drops it. */
  readonly sinks: readonly SinkVerdict[];
}

export interface SinkVerdict {
  readonly sink: string;
  /** The one that leads there; absent when there are no routes. */
  readonly route?: Route;
  readonly result: 'sent' | HeldBack;
  /** Present when it is sent. */
  readonly message?: Message;
}

/** Remembers what throttles and windows need, as routes do while they run: records are to be judged in their order. */
export class RouteTrial {
  readonly #options: RouteTrialOptions;
  readonly #routers: readonly { readonly sink: string; readonly router: SinkRouter }[];

  constructor(options: RouteTrialOptions) {
    this.#options = options;
    const { routes, sinks } = options;
    this.#routers = sinks.map((sink) => ({ sink, router: new SinkRouter({ routes, sink, now: ({ time }) => time }) }));
  }

  judge(record: EventRecord, context: { readonly occurrences: number }): RouteVerdict {
    const matched: Route[] = [];
    let droppedBy: Route | undefined;
    const paths = routesOf(this.#options.routes, record, context, {
      onMatch: (route) => void matched.push(route),
      onDrop: (route) => void (droppedBy = route),
    });
    const sinks = this.#routers.flatMap(({ sink, router }): SinkVerdict[] => {
      const routed = router.route(record, context);
      if (routed === undefined) return [];
      const route = paths.get(sink)?.at(-1);
      const verdict = { sink, ...(route && { route }) };
      if (typeof routed === 'string') return [{ ...verdict, result: routed }];
      return [{ ...verdict, result: 'sent', message: routed }];
    });
    return { matched, sinks, ...(droppedBy && { droppedBy }) };
  }
}

/** Each route by its place in the configuration, `routes[0].routes[1]`, those inside after the one they are in. */
export function routePlaces(routes: readonly Route[], around = ''): ReadonlyMap<Route, string> {
  const places = new Map<Route, string>();
  for (const [index, route] of routes.entries()) {
    const place = `${around}routes[${index}]`;
    places.set(route, place);
    for (const [inside, path] of routePlaces(route.routes, `${place}.`)) places.set(inside, path);
  }
  return places;
}
