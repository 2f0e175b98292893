/** The plainest history there is, that answers are compared with: each is computed anew from all revisions. */
import type { EventQuery, EventsOptions, History, HourlyCount, StoredEvent } from '../../src/component/history.ts';
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

export function modelCounts(
  records: readonly EventRecord[],
  { object: _object, filter, ...question }: EventQuery,
): HourlyCount[] {
  const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = question;
  const wanted = records.filter(
    (record) =>
      hourOf(record) >= hourAt(since) && hourOf(record) <= hourAt(until) && isSelected(record, question, records),
  );
  return countsOf(records, wanted).filter((group) => filter?.ofGroup(group) ?? filter === undefined);
}

const hourAt = (time: number): number => Math.floor(time / HOUR_MS) * HOUR_MS;
const hourOf = (record: EventRecord): number => hourAt(record.time);

/** Counts of `counted`, each with the occurrences it has among all `records`. */
export function countsOf(records: readonly EventRecord[], counted: readonly EventRecord[]): HourlyCount[] {
  const counts = new Map<string, HourlyCount>();
  for (const record of counted) {
    const { cluster, body, subject } = record;
    const group = {
      cluster,
      namespace: body.metadata.namespace ?? '',
      type: body.type ?? '',
      reason: body.reason ?? '',
      kind: subject.kind ?? '',
    };
    const key = [hourOf(record), ...Object.values(group)].join(' ');
    const sum = counts.get(key) ?? { hour: hourOf(record), ...group, revisions: 0, occurrences: 0 };
    const occurrences = sum.occurrences + occurrencesOf(record, records);
    counts.set(key, { ...sum, revisions: sum.revisions + 1, occurrences });
  }
  return [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, count]) => count);
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
