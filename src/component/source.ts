import type { Batch, ClusterIdentity, ClusterState, Log } from './log.ts';

/** Where a source hands over what it observed. */
export interface Intake {
  /** As {@link Log.register}. */
  register(cluster: ClusterIdentity): Promise<ClusterState>;
  /** As {@link Log.offsets}: what was offered and is not durable yet is not counted. */
  offsets(topic: string): ReturnType<Log['offsets']>;
  /**
   * Takes a batch to be committed. Resolves when there is room for the next one, which may be before this one is
   * durable; batches of a scope are committed in the order offered. While the store cannot be written it stays pending
   * and nothing is lost: the source stops reading from the network and goes on when it resolves.
   * Rejects only when the signal of the intake's owner has ended it.
   * `bytes` is what the batch was decoded from: what is pending is bounded by it, however large an event is.
   * `onCommitted` is called once the batch is durable, for sources that remember elsewhere how far they are; never when
   * the intake ends before that.
   */
  offer(batch: Batch, bytes: number, onCommitted?: () => void): Promise<void>;
  /**
   * Calls `take` when the next group begins, at once when the last one was a while ago, and resolves or rejects as it
   * does. What all who were called offer until then is committed together and right away: a source that is pushed small
   * pieces reads them once a group.
   */
  nextGroup(take: () => Promise<void>): Promise<void>;
}

/** What one scope's observer is doing. */
export interface ScopeStatus {
  readonly cluster: string;
  readonly scope: string;
  readonly state: 'connecting' | 'listing' | 'watching' | 'refused' | 'unreachable';
  /** When a watch last was begun, or brought a frame or a refresh, in milliseconds; undefined before the first. */
  readonly lastContact?: number;
  /** What keeps it from watching, for people: the RBAC rule that is missing, the address that does not answer. */
  readonly problem?: string;
}

export interface Source {
  /** Observes until the signal is aborted. Resolves then, and never rejects: whatever fails is retried for ever. */
  run(signal: AbortSignal): Promise<void>;
  status(): readonly ScopeStatus[];
}
