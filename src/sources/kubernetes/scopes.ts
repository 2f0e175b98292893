/** Which lists and watches observe a cluster, and how they are asked for. */
import { ALL_NAMESPACES, NODES_IN_DEFAULT, type Scope } from '../../core/record.ts';
import type { CollectionRequest } from './collection-request.ts';

/**
 * One scope for all namespaces, or one a namespace. Events about Nodes are written to `default`
 * (https://github.com/kubernetes/client-go/blob/v0.35.4/tools/record/event.go): where a list of namespaces leaves it out,
 * they get a scope of their own, so that a filter by namespace does not hide them.
 */
export function scopesOf(namespaces: readonly string[] | undefined): Scope[] {
  if (!namespaces || namespaces.length === 0 || namespaces.includes(ALL_NAMESPACES)) return [ALL_NAMESPACES];
  const scopes: Scope[] = [...new Set(namespaces)];
  return scopes.includes('default') ? scopes : [...scopes, NODES_IN_DEFAULT];
}

export function eventsRequest(scope: Scope): CollectionRequest {
  const resource = 'events';
  if (scope === ALL_NAMESPACES) return { resource, path: '/api/v1/events', query: {} };
  if (scope === NODES_IN_DEFAULT) {
    return {
      resource,
      path: '/api/v1/namespaces/default/events',
      query: { fieldSelector: 'involvedObject.kind=Node' },
    };
  }
  return { resource, path: `/api/v1/namespaces/${encodeURIComponent(scope)}/events`, query: {} };
}

/** Where a scope's rights are needed, for people. */
export function placeOf(scope: Scope): string {
  if (scope === ALL_NAMESPACES) return 'all namespaces';
  return `namespace ${scope === NODES_IN_DEFAULT ? 'default' : scope}`;
}
