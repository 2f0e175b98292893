import { createRootRoute, createRoute, createRouter, redirect } from '@tanstack/react-router';
import { BASE } from '../api/tidings.ts';
import { Coverage } from '../coverage/coverage.tsx';
import { Explore } from '../explore/explore.tsx';
import { Sinks } from '../sinks/sinks.tsx';
import { readAddress, stateOfAddress, writeAddress } from '../state/page-state.ts';
import { Shell } from './shell.tsx';

const root = createRootRoute({ component: Shell, validateSearch: stateOfAddress });

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

export function createPageRouter() {
  return createRouter({
    routeTree: root.addChildren([start, explore, coverage, sinks]),
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
