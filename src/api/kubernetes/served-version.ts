import type { ClusterVersions } from '../../component/event-versions.ts';
import { ALL_NAMESPACES, NODES_IN_DEFAULT } from '../../core/record.ts';

/**
 * A scope whose observation ended so long before that of others holds nobody up any more: it was taken out of the
 * configuration, or its rights are gone. Longer than the API server remembers, so it will have to list again.
 */
const LEFT_BEHIND_MS = 10 * 60_000;

/**
 * The resourceVersion up to which everything that is asked for is stored: the lowest position of the scopes concerned.
 * Undefined until each of them was listed once in the newest epoch. Of what comes from a topic the newest version there is:
 * nobody says how far it is complete.
 */
export function servedVersion(cluster: ClusterVersions, namespace: string | undefined): number | undefined {
  const known = KNOWN.get(cluster) ?? new Map<string | undefined, number | undefined>();
  KNOWN.set(cluster, known);
  // Namespaces without a scope of their own are all alike.
  const hasOwn = namespace === 'default' || (namespace !== undefined && cluster.positions.has(namespace));
  const asked = hasOwn ? namespace : undefined;
  if (!known.has(asked)) known.set(asked, reckoned(cluster, asked));
  return known.get(asked);
}

/** Every watcher asks after every commit. */
const KNOWN = new WeakMap<ClusterVersions, Map<string | undefined, number | undefined>>();

function reckoned(
  { epoch, positions, newest: read }: ClusterVersions,
  namespace: string | undefined,
): number | undefined {
  if (positions.size === 0) return read;
  const newest = Math.max(...[...positions.values()].map(({ observedUntil }) => observedUntil));
  const counted = [...positions].filter(([, { observedUntil }]) => observedUntil >= newest - LEFT_BEHIND_MS);
  const everywhere = counted.filter(([scope]) => scope === ALL_NAMESPACES);
  const own = counted.filter(
    ([scope]) => scope === namespace || (namespace === 'default' && scope === NODES_IN_DEFAULT),
  );
  const concerned = [everywhere, own, counted].find((scopes) => scopes.length > 0) ?? [];
  if (concerned.length === 0 || concerned.some(([, position]) => position.epoch !== epoch)) return undefined;
  return Math.min(...concerned.map(([, { resourceVersion }]) => Number(resourceVersion)));
}
