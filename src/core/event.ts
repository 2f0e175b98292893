/**
 * The normalised event: what both served shapes of a Kubernetes Event are turned into, and what is stored.
 *
 * It is the core/v1 shape without `kind`, `apiVersion` and `metadata.managedFields`. The API server keeps one stored
 * object for both groups and converts as {@link ./event-conversion.ts} does, so nothing is lost by choosing one of them.
 * Timestamps stay the strings the API server sent: they are RFC 3339, with or without microseconds.
 * https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
 */

/** What an event is about, or related to. Every field may be missing: emitters fill in what they know. */
export interface ObjectReference {
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly apiVersion?: string;
  readonly resourceVersion?: string;
  readonly fieldPath?: string;
  readonly [unknown: string]: unknown;
}

export interface EventMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  /** A decimal number: Tidings orders revisions by it (KEP-5504 makes that official). */
  readonly resourceVersion: string;
  readonly creationTimestamp?: string | null;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly [unknown: string]: unknown;
}

export interface EventSource {
  readonly component?: string;
  readonly host?: string;
  readonly [unknown: string]: unknown;
}

export interface EventSeries {
  readonly count?: number;
  readonly lastObservedTime?: string | null;
  readonly [unknown: string]: unknown;
}

export interface Event {
  readonly metadata: EventMetadata;
  readonly involvedObject: ObjectReference;
  readonly reason?: string;
  readonly message?: string;
  readonly source?: EventSource;
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly count?: number;
  readonly type?: string;
  readonly eventTime?: string | null;
  readonly series?: EventSeries;
  readonly action?: string;
  readonly related?: ObjectReference;
  readonly reportingComponent?: string;
  readonly reportingInstance?: string;
  readonly [unknown: string]: unknown;
}

/**
 * How often the event had occurred when this revision was written: `series.count`, else `count`, else 1; and 1 where an
 * emitter wrote what is no count. An event of the new API has no series until it repeats, and a `count` of 0 or none
 * (KEP-383).
 */
export function countOf(event: Event): number {
  const count = event.series?.count || event.count;
  return Number.isSafeInteger(count) && Number(count) > 0 ? Number(count) : 1;
}

/** Who reported it: `source.component`, else `reportingComponent`, else ''. */
export function componentOf(event: Event): string {
  return event.source?.component || event.reportingComponent || '';
}
