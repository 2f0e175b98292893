import type { Route } from '../../src/pipeline/route-config.ts';

/** A route with what a test is about; the rest is as when it is not configured. */
export type RouteSketch = Partial<Omit<Route, 'routes'>> & { readonly routes?: readonly RouteSketch[] };

export function route({ routes = [], ...own }: RouteSketch): Route {
  return { labels: {}, redact: [], continue: false, ...own, routes: routes.map(route) };
}
