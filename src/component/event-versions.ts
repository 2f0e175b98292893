import type { ScopeCoverage } from '../core/coverage.ts';
import type { Scope } from '../core/record.ts';
import type { EventFilter, EventQuery, StoredEvent } from './history.ts';
import type { Position } from './log.ts';

/** A cluster as it is stored, and how far its resourceVersions are. */
export interface ClusterVersions {
  readonly name: string;
  /** Counts rewinds of the cluster's resourceVersions: only those of the newest epoch can be compared. */
  readonly epoch: number;
  /** By scope, of any epoch. Everything up to a scope's position is stored. */
  readonly positions: ReadonlyMap<Scope, Position>;
  /** The newest version that was read from a topic, where there are no positions: what is below it may still come. */
  readonly newest?: number;
}

/** A state of one cluster: what was stored at a resourceVersion of its newest epoch, earlier epochs included. */
export interface Version {
  readonly cluster: string;
  readonly resourceVersion: number;
}

/** What of a state is asked for. An event belongs to it with its latest revision: that is what must match. */
export interface VersionQuery extends Version {
  readonly query: Omit<EventQuery, 'clusters' | 'filter'> & {
    /** Of which only what it says of groups is asked. */
    readonly filter?: Pick<EventFilter, 'ofGroup'>;
  };
  /** The place of the event to go on behind. */
  readonly after?: string;
  /** How many will be looked at, if that is known: no more than that are read ahead. */
  readonly limit?: number;
}

export interface PlacedEvent {
  readonly event: StoredEvent;
  /** Opaque, the same for as long as the revision is stored: see {@link VersionQuery.after}. */
  readonly place: string;
}

export interface EventChange {
  /** The version with which it came. */
  readonly resourceVersion: number;
  /** The revision of that version; absent for an event that was deleted. */
  readonly event?: StoredEvent;
  /** The event's revision before it, of any epoch; absent for one that did not exist. */
  readonly before?: StoredEvent;
}

/** How completely everything that is stored was observed. */
export interface KnownCoverage {
  /** Of all clusters, by cluster and name. */
  readonly scopes: readonly ScopeCoverage[];
  /** What was last seen before this instant may have been deleted, by age or for space. */
  readonly expiredBefore: number;
}

/**
 * The history of a cluster under the cluster's own resourceVersions: its states and what lies between them. A state does
 * not change any more once every scope's position has reached its version, except by what expires or is imported. An
 * event that was deleted on purpose is in the states before that version; one that expired in the cluster stays.
 * Every method rejects with an AppError of a `STORE_…` code.
 */
export interface EventVersions {
  /** In the order in which they were first seen. */
  clusters(): Promise<readonly ClusterVersions[]>;
  /**
   * Streams the latest revision of each event, by last seen, oldest first; memory stays bounded however many there are.
   * An unknown cluster has none. Some at a time: between two batches others are served.
   */
  at(query: VersionQuery): AsyncIterable<readonly PlacedEvent[]>;
  /** Streams the revisions and deletes of the newest epoch behind `after`, up to the version, by resourceVersion. */
  changes(version: Version, after: number): AsyncIterable<EventChange>;
  /**
   * The event of that name last seen at or after an instant, in its latest revision; of several, the latest one. Rejects
   * when the signal is aborted.
   */
  named(
    version: Version,
    name: { readonly namespace: string; readonly name: string },
    since: number,
    signal?: AbortSignal,
  ): Promise<StoredEvent | undefined>;
  /** The newest revision of the newest epoch up to a version, whether or not its event was deleted. */
  newest(version: Version): Promise<StoredEvent | undefined>;
  coverage(): Promise<KnownCoverage>;
  /**
   * Changes whenever something was committed; costs next to nothing to ask. Throws when nothing can come any more, since
   * the store is not where it was.
   */
  dataVersion(): number;
  close(): Promise<void>;
}
