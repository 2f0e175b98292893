/**
 * The API groups that serve the same events, each as version v1: two as an API server does, and one of Tidings' own, for an
 * API server to hand on to it.
 */
export type Group = '' | 'events.k8s.io' | typeof HISTORY;

/** Its events have the fields of core/v1. */
export const HISTORY = 'history.tidings.dev';

export function apiVersionOf(group: Group): string {
  return group ? `${group}/v1` : 'v1';
}

/** Its events, as messages about them call the resource. */
export function resourceOf(group: string): string {
  return group ? `events.${group}` : 'events';
}
