import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, createRouter, redirect } from '@tanstack/react-router';
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

const explore = createRoute({ getParentRoute: () => root, path: '/explore', component: Explore });

export function createPageRouter(queries: QueryClient) {
  return createRouter({
    routeTree: root.addChildren([start, explore]),
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
