/**
 * Bytes of a watch frame or of a list's item -> a normalised event.
 *
 * This is the hot path. Almost half of an event's bytes are `metadata.managedFields`, which nobody reads: they are cut out
 * before JSON.parse sees them, where that is certainly right. The API server prints them as the last field of the metadata,
 * and involvedObject right behind the metadata; what looks different is parsed whole. Why the bytes can be trusted: quotes
 * inside a JSON string are escaped, so `,"managedFields":[{` is a key of that name and the beginning of its array. Behind
 * `}]},"involvedObject":` a string cannot have ended, so that is an object at the end of an array, the end of the object
 * around it, and a key. It is the first place where an array of objects ends together with the object around it, and if
 * no other array ended before a further key (`],"`) in between, then the array that ends is the one that began.
 * https://github.com/kubernetes/apimachinery/blob/v0.35.4/pkg/apis/meta/v1/types.go
 */
import { checkedEvent, invalidEvent } from '../../core/checked-event.ts';
import { AppError, messageOf } from '../../core/errors.ts';
import type { Event } from '../../core/event.ts';
import { isResourceVersion } from '../../core/resource-version.ts';
import { asStatus, type Status } from './api-status.ts';

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

export type WatchFrame =
  | { readonly type: ChangeType; readonly event: Event }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string }
  | { readonly type: 'ERROR'; readonly status: Status };

/** How the API server begins a frame. The rest of it is the event's other fields and the two closing braces. */
const PREFIXES = (['ADDED', 'MODIFIED', 'DELETED'] as const).map((type) => ({
  type,
  bytes: Buffer.from(`{"type":"${type}","object":{"kind":"Event","apiVersion":"v1",`),
}));
const MANAGED_FIELDS = Buffer.from(',"managedFields":[{');
const END_OF_METADATA = Buffer.from('}]},"');
const NEXT_KEY = 'involvedObject":';
const END_OF_ANOTHER_ARRAY = Buffer.from('],"');

/** Throws EVENT_INVALID; the cause is a SyntaxError when it is not even JSON. */
export function parseWatchFrame(frame: Buffer): WatchFrame {
  for (const { type, bytes } of PREFIXES) {
    if (frame.length < bytes.length || bytes.compare(frame, 0, bytes.length) !== 0) continue;
    const event = parseWithoutManagedFields(frame, bytes.length, frame.length - 1, '{');
    if (event !== undefined) return { type, event: checkedEvent(event, 'watch frame') };
  }
  return asWatchFrame(parseJson(frame, 'watch frame'));
}

/** Throws EVENT_INVALID. */
export function parseListItem(item: Buffer): Event {
  return checkedEvent(parseWithoutManagedFields(item, 0, item.length, '') ?? parseJson(item, 'list item'), 'list item');
}

/** The type and identity at the beginning of a frame or item that was too large to be read whole, as far as they are there. */
export function parseHead(head: Buffer): { readonly name?: string; readonly resourceVersion?: string } {
  // Only what stands in the metadata before its first nested object is certainly the metadata's own.
  const metadata = /^[^[]{0,80}?"metadata":\{([^{}[\]]*)/.exec(head.toString('latin1'))?.[1] ?? '';
  const field = (name: string): string | undefined => new RegExp(`(?:^|,)"${name}":"([^"\\\\]*)"`).exec(metadata)?.[1];
  const name = field('name');
  const namespace = field('namespace');
  const resourceVersion = field('resourceVersion');
  return {
    ...(name !== undefined && { name: namespace === undefined ? name : `${namespace}/${name}` }),
    ...(isResourceVersion(resourceVersion) && { resourceVersion }),
  };
}

function parseWithoutManagedFields(bytes: Buffer, from: number, to: number, before: string): unknown {
  const cut = bytes.indexOf(MANAGED_FIELDS, from);
  const end = cut === -1 ? -1 : endOfManagedFields(bytes, cut);
  try {
    if (end === -1) return JSON.parse(before + bytes.toString('utf8', from, to));
    return JSON.parse(before + bytes.toString('utf8', from, cut) + bytes.toString('utf8', end, to));
  } catch {
    return undefined;
  }
}

/** Where the metadata's closing brace stands behind managedFields, or -1. */
function endOfManagedFields(bytes: Buffer, cut: number): number {
  const end = bytes.indexOf(END_OF_METADATA, cut);
  if (end === -1) return -1;
  const nextKey = end + END_OF_METADATA.length;
  if (bytes.toString('latin1', nextKey, nextKey + NEXT_KEY.length) !== NEXT_KEY) return -1;
  const other = bytes.indexOf(END_OF_ANOTHER_ARRAY, cut);
  return other === -1 || other > end ? end + 2 : -1;
}

function parseJson(bytes: Buffer, what: string): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch (error) {
    throw new AppError('EVENT_INVALID', `read a ${what}: ${messageOf(error)}, want a JSON object`, { cause: error });
  }
}

function asWatchFrame(frame: unknown): WatchFrame {
  const { type, object } = isObject(frame) ? frame : {};
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type, event: checkedEvent(object, 'watch frame') };
    case 'BOOKMARK': {
      const metadata = isObject(object) ? object['metadata'] : undefined;
      const resourceVersion = isObject(metadata) ? metadata['resourceVersion'] : undefined;
      if (!isResourceVersion(resourceVersion))
        throw invalidEvent('bookmark', 'metadata.resourceVersion', resourceVersion, 'a number');
      return { type, resourceVersion };
    }
    case 'ERROR':
      return { type, status: asStatus(object) ?? { kind: 'Status' } };
    default:
      throw invalidEvent('watch frame', 'type', type, 'ADDED, MODIFIED, DELETED, BOOKMARK or ERROR');
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
