import type { Interval, ScopeCoverage } from '../core/coverage.ts';
import type { EventRecord } from '../core/record.ts';
import type { NamedObject, OwnerName } from '../core/workload.ts';
import type { RequiredWords } from '../lang/required-words.ts';
import type { Appended } from './log.ts';

/** Conditions are joined by AND, the values of one by OR. Instants in milliseconds. */
export interface EventQuery {
  readonly clusters?: readonly string[];
  /** Of the event itself: events about nodes lie in `default`. */
  readonly namespaces?: readonly string[];
  readonly types?: readonly string[];
  readonly reasons?: readonly string[];
  /** The involved object. Kinds compare without regard to case; a uid selects one incarnation. */
  readonly object?: {
    readonly kind?: string;
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    /** With what belongs to it: see core/workload.ts. The newest {@link MAX_OWNED} of those. */
    readonly owned?: boolean;
  };
  /** Last seen at or after this instant. */
  readonly since?: number;
  /** Last seen at or before this instant. */
  readonly until?: number;
  readonly filter?: EventFilter;
}

/** Objects of one workload that are looked at. */
export const MAX_OWNED = 2_000;

/** What events are counted by. Of the kind, that of the involved object. */
export interface EventGroup {
  readonly cluster: string;
  readonly namespace: string;
  readonly type: string;
  readonly reason: string;
  readonly kind: string;
}

/** Groups whatever their namespace. */
export type EventClass = Omit<EventGroup, 'namespace'>;

/** A condition in a language of its own, asked where the others hold. */
export interface EventFilter {
  /** What holds for every event of the group; undefined where it depends on the event. */
  ofGroup(group: EventGroup): boolean | undefined;
  /** What holds whatever the namespace, where that can be told. */
  ofClass?(group: EventClass): boolean | undefined;
  matches(event: StoredEvent): boolean;
  /** What the message of each event that matches has, where that is known. */
  readonly words?: RequiredWords | undefined;
}

export interface EventsOptions {
  /**
   * All revisions instead of one record an event (a cluster's UID): its latest revision within since and until, by epoch,
   * then resourceVersion.
   */
  readonly revisions?: boolean;
  /** By last seen, ties by epoch, then resourceVersion; what clusters have equal in all of it, in any order. */
  readonly order: 'oldest-first' | 'newest-first';
  readonly limit?: number;
  /** Ends the answer early when it is aborted. */
  readonly signal?: AbortSignal;
}

export interface PageOptions extends Pick<EventsOptions, 'revisions' | 'signal'> {
  readonly limit: number;
  /** Absent: newest first. */
  readonly order?: EventsOptions['order'];
  /** The `next` of the page before, of the same query, revisions and order; absent: from the first one on. */
  readonly after?: string;
}

export interface EventPage {
  /** In the order of {@link EventsOptions}. */
  readonly events: readonly StoredEvent[];
  /**
   * Opaque: where to go on; absent when there is nothing behind. With fewer events than the limit it is there only when
   * the signal was aborted: what lies behind has yet to be looked at.
   */
  readonly next?: string;
  /**
   * How far it was looked before the signal was aborted, by last seen in milliseconds. Of one object nothing can be told
   * before all that was said about it is found: until then it is where the page begins.
   */
  readonly stoppedAt?: number;
}

/** A stored revision and what is known beside it. */
export interface StoredEvent extends EventRecord {
  /** How many this revision adds, by everything that is stored. The total is the event's own `countOf`. */
  readonly occurrences: number;
  /** In milliseconds. */
  readonly firstSeen: number;
  /** When it was received, in milliseconds, that somebody had deleted the event; absent for one that merely expired. */
  readonly deletedAt?: number;
  /** The controllers of its involved object, the nearest first, where they were remembered; none: nobody owns it. */
  readonly owners?: readonly OwnerName[];
}

/** Which controllers an involved object has, the nearest first; none: nobody owns it. */
export interface OwnedObject extends NamedObject {
  readonly cluster: string;
  readonly uid: string;
  readonly owners: readonly OwnerName[];
}

/** What a list is ranked by: the highest count first, or what began last. */
export type Ranking = 'count' | 'first';

export interface RankOptions extends Pick<PageOptions, 'limit' | 'after' | 'signal'> {
  readonly by: Ranking;
}

/** Buckets of time, so many of them. */
export interface Spread {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** A revision, as far as it is a point in a picture. */
export interface Mark {
  readonly time: number;
  readonly group: EventGroup;
  readonly object: NamedObject & { readonly uid: string };
  readonly uid: string;
  readonly resourceVersion: string;
  readonly occurrences: number;
  /** The node it was reported from, where that was asked for; empty when it is not known. */
  readonly host?: string;
}

export interface Marks {
  /** Newest first. */
  readonly marks: readonly Mark[];
  /** How far it was looked so far, by last seen; absent when there is nothing behind. */
  readonly reached?: number;
}

export interface MarksOptions {
  readonly hosts?: boolean;
  /** Ends them early. */
  readonly signal?: AbortSignal;
}

export interface NameQuery {
  readonly prefix: string;
  /** Also those one of whose owners is called so. */
  readonly owned?: boolean;
  readonly kind?: string;
  /** How many objects of the kind, clusters and namespaces are looked at: the newest where the prefix is empty. */
  readonly limit: number;
  /** Ends it early. */
  readonly signal?: AbortSignal;
}

/** An involved object, and the occurrences of what a query selects about it. */
export interface NameCount extends NamedObject {
  readonly occurrences: number;
}

export interface NameCounts {
  readonly names: readonly NameCount[];
  /**
   * How many objects it looked at before it reached the limit, or was ended: at the last of these in part only. Absent when
   * it looked at all.
   */
  readonly lookedAt?: number;
}

export type CountQuery = Omit<EventQuery, 'object'>;

export interface CountOptions {
  /** What is counted apart: a key for each group. */
  readonly by: (group: EventGroup) => string;
  /** Instead, where the namespace does not matter: then months are counted as fast as hours. */
  readonly byClass?: (group: EventClass) => string;
  /** Where the first bucket begins and how long each is, in milliseconds; absent: one bucket for all. */
  readonly buckets?: { readonly start: number; readonly step: number };
  /** Ends the count early when it is aborted. */
  readonly signal?: AbortSignal;
}

/** What happened in a bucket, by last seen: revisions stored and occurrences. */
export interface BucketCount {
  /** Its number, from 0; negative before the first one begins. */
  readonly bucket: number;
  readonly key: string;
  readonly revisions: number;
  readonly occurrences: number;
}

export interface Counts {
  /** One a bucket and key of which there is something, in any order. */
  readonly counts: readonly BucketCount[];
  /** Of what was last seen before this instant, not all is counted: the signal was aborted. */
  readonly countedFrom?: number;
}

export interface ExpireOptions {
  /** In milliseconds; absent: nothing is too old. */
  readonly before?: number;
  /** How many bytes the store may use; absent: as many as there are. */
  readonly size?: number;
  readonly limit: number;
  readonly hold?: Hold;
}

/**
 * For consumers of a log in the same store: what they have not acknowledged stays, up to so many bytes of it. Beyond that,
 * and where the volume has less free space than `minFreeSpace`, the log lets go of the oldest, as `Log.truncate` does.
 */
export interface Hold {
  readonly consumers: readonly string[];
  readonly bytes: number;
  /** In bytes; absent: the volume is not looked at. */
  readonly minFreeSpace?: number;
}

export interface Stats {
  readonly revisions: number;
  /** Last seen of the oldest and newest stored revision, in milliseconds. */
  readonly oldest?: number;
  readonly newest?: number;
  /** On disk. */
  readonly bytes: number;
}

/**
 * Everything stored, to be asked. All answers are a function of the set of stored revisions: the order in which they
 * were offered, and how often, changes nothing. An occurrence delta belongs to the revision that shows it:
 * count minus the count of the event's revision before it; when that is greater, the whole count (a reset). In a later
 * epoch, what a snapshot brought back was counted before: until the first reset there, only what exceeds the greatest
 * count of the earlier epochs is counted.
 * An event that an update moves to another involved object, which core/v1 allows, is another event from then on:
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/apis/core/validation/events.go
 * Every method rejects with an AppError of a `STORE_…` code.
 */
export interface History {
  /** The names of all that is stored, in the order in which they were first seen. */
  clusters(): Promise<readonly string[]>;
  /** Stores the records that are not stored yet, durably and all at once. */
  apply(records: readonly EventRecord[]): Promise<Appended>;
  /** Streams what matches; memory stays bounded however much that is. Stop iterating to release it. */
  events(query: EventQuery, options: EventsOptions): AsyncIterable<StoredEvent>;
  /**
   * What matches, page by page. The pages make up one list: of what is stored once the first of them was read, nothing
   * is in the others. Rejects with CURSOR_INVALID too.
   */
  page(query: EventQuery, options: PageOptions): Promise<EventPage>;
  /**
   * Events at their latest revision in the range, ranked, page by page; ties newest first. Of what is stored after the
   * first page was read, nothing is in the others. A page that was stopped is of what was looked at, which is the newest but
   * for an object's: that may be any of the range.
   * Rejects with CURSOR_INVALID too.
   */
  ranked(query: EventQuery, options: RankOptions): Promise<EventPage>;
  /** For each event the occurrences of all its revisions, by bucket. Of the first ones alone when the signal is aborted. */
  spread(
    events: readonly StoredEvent[],
    buckets: Spread,
    signal?: AbortSignal,
  ): Promise<readonly (readonly number[])[]>;
  /** All revisions that match, some at a time. Stop iterating to release it. */
  marks(query: EventQuery, options: MarksOptions): AsyncIterable<Marks>;
  /** Involved objects whose names begin so, of which something matches. */
  names(query: CountQuery, names: NameQuery): Promise<NameCounts>;
  /** The revision of that UID and resourceVersion, in each cluster and epoch in which there is one, newest epoch first. */
  revision(uid: string, resourceVersion: string): Promise<readonly StoredEvent[]>;
  /** For each record the revision of its event before it, by epoch, then resourceVersion; undefined where none is stored. */
  previous(records: readonly EventRecord[]): Promise<readonly (EventRecord | undefined)[]>;
  /**
   * Counts what matches, by bucket of time and key. Buckets of whole hours that begin with an hour, and one for all,
   * cost the same however many events there are; so far as the filter holds of groups whatever the event.
   */
  counts(query: CountQuery, options: CountOptions): Promise<Counts>;
  /** The ledger within a range, one entry a scope, by cluster and name, also for scopes that were not observed in it. */
  coverage(range: Interval): Promise<readonly ScopeCoverage[]>;
  stats(): Promise<Stats>;
  /**
   * Deletes revisions last seen before the instant, or the oldest while the store uses more than `size`, at most `limit`
   * of them, and resolves with how many were deleted: fewer than `limit` means it is done. Occurrences of the revisions
   * that stay do not change, and a deleted revision that is offered again is not news: it is stored, and expires, again.
   */
  expire(options: ExpireOptions): Promise<number>;
  /**
   * Remembers who owns involved objects for as long as there are events about them; what was remembered of those before
   * is forgotten. Objects without events are passed over.
   */
  addOwners(objects: readonly OwnedObject[]): Promise<void>;
  /**
   * Brings up to date what words are found by, at most so many revisions further, and resolves with how many are left. What
   * is not reached yet is found without it.
   */
  index(options: { readonly limit: number }): Promise<number>;
  close(): Promise<void>;
}
