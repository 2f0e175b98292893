/** The two API groups that serve the same events, each as version v1. */
export type Group = '' | 'events.k8s.io';

export function apiVersionOf(group: Group): string {
  return group ? `${group}/v1` : 'v1';
}
