/** What of a record goes to the columns of its row. Fields that are missing, or no strings, are empty there. */
import { AppError } from '../../core/errors.ts';
import type { Event } from '../../core/event.ts';
import type { EventRecord } from '../../core/record.ts';
import type { RowContext } from './field-codecs.ts';

/** Throws EVENT_INVALID for what cannot be identified or ordered. */
export function rowContext({
  body: { metadata, involvedObject, type, reason },
  time,
  receivedAt,
}: EventRecord): RowContext {
  const resourceVersion = Number(metadata.resourceVersion);
  if (typeof metadata.uid !== 'string') throw invalid('metadata.uid', metadata.uid, 'a string');
  if (!/^\d+$/.test(metadata.resourceVersion) || !Number.isSafeInteger(resourceVersion)) {
    throw invalid('metadata.resourceVersion', metadata.resourceVersion, 'a decimal number');
  }
  if (!Number.isSafeInteger(time)) throw invalid('time', time, 'whole milliseconds');
  if (!Number.isSafeInteger(receivedAt)) throw invalid('receivedAt', receivedAt, 'whole milliseconds');
  // Whatever its type says: this came from outside.
  const object: Event['involvedObject'] | null = involvedObject;
  return {
    baseSeconds: Math.floor(time / 1000),
    resourceVersion,
    uid: metadata.uid.toWellFormed(),
    namespace: text(metadata.namespace),
    type: text(type),
    reason: text(reason),
    kind: text(object?.kind),
    objectNamespace: text(object?.namespace),
    objectName: text(object?.name),
    objectUid: text(object?.uid),
  };
}

export function hasObjectUid({ involvedObject }: Event): boolean {
  const object: Event['involvedObject'] | null = involvedObject;
  return typeof object?.uid === 'string';
}

/** Empty where it is missing, or no string. */
export function messageOf({ message }: Event): string {
  return typeof message === 'string' ? message : '';
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.toWellFormed() : '';
}

function invalid(field: string, found: unknown, wanted: string): AppError {
  return new AppError('EVENT_INVALID', `store an event: found ${field} ${JSON.stringify(found)}, want ${wanted}`);
}
