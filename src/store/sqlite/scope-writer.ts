/**
 * What a group of batches says of each scope besides records: how far it came, what of the time was observed, and what
 * not. Many batches are of one scope: what they say together is written once. Inside the open transaction.
 */
import type { Batch } from '../../component/log.ts';
import { type Interval, unite } from '../../core/coverage.ts';
import type { ClusterRegistry } from './cluster-registry.ts';
import type { CoverageWriter } from './coverage-ledger.ts';

interface Progress {
  readonly cluster: number;
  readonly epoch: number;
  readonly scope: string;
  position: string | undefined;
  readonly observed: Interval[];
}

export function writeScopes(batches: readonly Batch[], clusters: ClusterRegistry, coverage: CoverageWriter): void {
  const scopes = new Map<string, Progress>();
  for (const { cluster: name, epoch, scope, position, observed, breaks = [] } of batches) {
    const { cluster } = clusters.epoch(name, epoch);
    const key = `${epoch} ${cluster} ${scope}`;
    const progress = scopes.get(key) ?? { cluster, epoch, scope, position, observed: [] };
    scopes.set(key, progress);
    progress.position = position ?? progress.position;
    if (observed) progress.observed.push(observed);
    for (const interruption of breaks) coverage.interrupt(cluster, scope, interruption);
  }
  for (const { cluster, epoch, scope, position, observed } of scopes.values()) {
    if (position !== undefined) clusters.setPosition(cluster, scope, epoch, position);
    for (const interval of unite(observed)) coverage.observe(cluster, scope, interval);
  }
}
