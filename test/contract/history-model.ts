/** The plainest history there is, that answers are compared with: each is computed anew from all revisions. */
import type {
  BucketCount,
  CountOptions,
  CountQuery,
  EventGroup,
  EventQuery,
  EventsOptions,
  History,
  StoredEvent,
} from '../../src/component/history.ts';
import { countOf } from '../../src/core/event.ts';
import type { EventRecord } from '../../src/core/record.ts';
import { START } from './event-arbitrary.ts';

const HOUR_MS = 3_600_000;
export const ALL_REVISIONS: EventsOptions = { order: 'oldest-first', revisions: true };

export async function all(
  history: Pick<History, 'events'>,
  question: EventQuery,
  how: EventsOptions,
): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const event of history.events(question, how)) events.push(event);
  return events;
}

export function keysOf(records: readonly EventRecord[]): string[] {
  return records.map(
    ({ body: { metadata }, time, epoch }) => `${time - START} ${metadata.uid} ${epoch} ${metadata.resourceVersion}`,
  );
}

const versionOf = (record: EventRecord): number => Number(record.body.metadata.resourceVersion);
/** What the revisions of one event are ordered by. */
export const byVersion = (a: EventRecord, b: EventRecord): number => a.epoch - b.epoch || versionOf(a) - versionOf(b);
const byTime = (a: EventRecord, b: EventRecord): number => a.time - b.time || byVersion(a, b);

function isSelected(record: EventRecord, query: EventQuery, records: readonly EventRecord[]): boolean {
  const { body, subject } = record;
  const { object } = query;
  const isOneOf = (wanted: readonly string[] | undefined, value = '') => wanted === undefined || wanted.includes(value);
  const isAbout = object === undefined || subject.name === object.name;
  const isOfKind = object?.kind === undefined || subject.kind?.toLowerCase() === object.kind.toLowerCase();
  return [
    isOneOf(query.clusters, record.cluster),
    isOneOf(query.namespaces, body.metadata.namespace),
    isOneOf(query.types, body.type),
    isOneOf(query.reasons, body.reason),
    isAbout,
    isOfKind,
    query.filter?.matches({ ...record, occurrences: occurrencesOf(record, records), firstSeen: 0 }) ?? true,
  ].every(Boolean);
}

export function model(
  records: readonly EventRecord[],
  question: EventQuery,
  { revisions: every, order, limit }: EventsOptions,
): EventRecord[] {
  const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = question;
  const inRange = records.filter(({ time }) => time >= since && time <= until);
  const isLatest = (record: EventRecord) =>
    !inRange.some((other) => other.body.metadata.uid === record.body.metadata.uid && byVersion(other, record) > 0);
  const found = inRange
    .filter((record) => isSelected(record, question, records) && (every || isLatest(record)))
    .toSorted(byTime);
  return (order === 'oldest-first' ? found : found.toReversed()).slice(0, limit);
}

export type Buckets = CountOptions['buckets'];

export function modelCounts(records: readonly EventRecord[], question: CountQuery, buckets: Buckets): BucketCount[] {
  return countsOf(records, model(records, question, ALL_REVISIONS), buckets);
}

/** Counts of `counted`, each with the occurrences it has among all `records`. */
export function countsOf(
  records: readonly EventRecord[],
  counted: readonly EventRecord[],
  buckets: Buckets,
): BucketCount[] {
  const counts = new Map<string, BucketCount>();
  for (const record of counted) {
    const { cluster, body, subject, time } = record;
    const bucket = buckets ? Math.floor((time - buckets.start) / buckets.step) : 0;
    const key = groupKey({
      cluster,
      namespace: body.metadata.namespace ?? '',
      type: body.type ?? '',
      reason: body.reason ?? '',
      kind: subject.kind ?? '',
    });
    const sum = counts.get(`${bucket} ${key}`) ?? { bucket, key, revisions: 0, occurrences: 0 };
    const occurrences = sum.occurrences + occurrencesOf(record, records);
    counts.set(`${bucket} ${key}`, { ...sum, revisions: sum.revisions + 1, occurrences });
  }
  return sorted([...counts.values()]);
}

/** Whatever order they came in. */
export function sorted(counts: readonly BucketCount[]): BucketCount[] {
  return counts.toSorted((a, b) => a.bucket - b.bucket || (a.key < b.key ? -1 : 1));
}

/** Counts each group apart. */
export function groupKey({ cluster, namespace, type, reason, kind }: EventGroup): string {
  return JSON.stringify([cluster, namespace, type, reason, kind]);
}

/** By hour of START. */
export const HOURLY = { start: START, step: HOUR_MS };

export async function hourly(history: Pick<History, 'counts'>, question: CountQuery = {}): Promise<BucketCount[]> {
  return sorted((await history.counts(question, { by: groupKey, buckets: HOURLY })).counts);
}

/** What it adds to the revisions before it. */
export function occurrencesOf(record: EventRecord, records: readonly EventRecord[]): number {
  const sameEvent = records.filter(({ body }) => body.metadata.uid === record.body.metadata.uid).toSorted(byVersion);
  const countsIn = (found: readonly EventRecord[]) => found.map(({ body }) => countOf(body));
  const upTo = countsIn(sameEvent.filter((one) => one.epoch === record.epoch && byVersion(one, record) <= 0));
  const [count = 0, previous = 0] = upTo.toReversed();
  if (count < previous) return count;
  const fell = upTo.some((one, index) => one < (upTo[index - 1] ?? 0));
  const reached = fell ? [] : countsIn(sameEvent.filter(({ epoch }) => epoch < record.epoch));
  return Math.max(0, count - Math.max(previous, ...reached));
}
