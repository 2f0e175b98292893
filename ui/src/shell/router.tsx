import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { BASE } from '../api/tidings.ts';
import { Explore } from '../explore/explore.tsx';
import { DEFAULT_STATE, readAddress, stateOfAddress, writeAddress } from '../state/page-state.ts';
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

// What it opens with is there at once; the other views are loaded with the first visit.
const explore = createRoute({ getParentRoute: () => root, path: '/explore', component: Explore });

const timeline = createRoute({
  getParentRoute: () => root,
  path: '/timeline',
  component: lazyRouteComponent(() => import('../timeline/timeline.tsx'), 'Timeline'),
});

const objects = createRoute({
  getParentRoute: () => root,
  path: '/objects',
  component: lazyRouteComponent(() => import('../object/object-index.tsx'), 'ObjectIndex'),
});
const ObjectPage = lazyRouteComponent(() => import('../object/object-page.tsx'), 'ObjectPage');
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

const coverage = createRoute({
  getParentRoute: () => root,
  path: '/coverage',
  component: lazyRouteComponent(() => import('../coverage/coverage.tsx'), 'Coverage'),
});
const sinks = createRoute({
  getParentRoute: () => root,
  path: '/sinks',
  component: lazyRouteComponent(() => import('../sinks/sinks.tsx'), 'Sinks'),
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
