import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, createRouter, redirect } from '@tanstack/react-router';
import { BASE } from '../api/tidings.ts';
import { Coverage } from '../coverage/coverage.tsx';
import { Explore } from '../explore/explore.tsx';
import { ObjectIndex } from '../object/object-index.tsx';
import { ObjectPage } from '../object/object-page.tsx';
import { Sinks } from '../sinks/sinks.tsx';
import { DEFAULT_STATE, readAddress, stateOfAddress, writeAddress } from '../state/page-state.ts';
import { Timeline } from '../timeline/timeline.tsx';
import { Shell } from './shell.tsx';
import { usualFrom } from './usual-from.ts';

const root = createRootRouteWithContext<{ readonly queries: QueryClient }>()({
  component: Shell,
  validateSearch: stateOfAddress,
  beforeLoad: async ({ search, context: { queries } }) => ({
    usualFrom: search.from === undefined && search.to === undefined ? await usualFrom(queries) : DEFAULT_STATE.from,
  }),
});

const start = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: ({ search }) => {
    redirect({ to: '/explore', search, replace: true, throw: true });
  },
});

const explore = createRoute({ getParentRoute: () => root, path: '/explore', component: Explore });
const coverage = createRoute({ getParentRoute: () => root, path: '/coverage', component: Coverage });
const sinks = createRoute({ getParentRoute: () => root, path: '/sinks', component: Sinks });

const timeline = createRoute({ getParentRoute: () => root, path: '/timeline', component: Timeline });

const objects = createRoute({ getParentRoute: () => root, path: '/objects', component: ObjectIndex });
const object = createRoute({
  getParentRoute: () => root,
  path: '/objects/$kind/$namespace/$name',
  component: ObjectPage,
});
const workload = createRoute({
  getParentRoute: () => root,
  path: '/objects/workload/$kind/$namespace/$name',
  component: ObjectPage,
});

export function createPageRouter(queries: QueryClient) {
  return createRouter({
    routeTree: root.addChildren([start, explore, timeline, objects, object, workload, coverage, sinks]),
    context: { queries },
    basepath: BASE.pathname,
    parseSearch: readAddress,
    stringifySearch: writeAddress,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createPageRouter>;
  }
}
