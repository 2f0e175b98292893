/** The items of a list that arrived together -> what is to be committed together. */
import type { Position } from '../../component/log.ts';
import type { Break } from '../../core/coverage.ts';
import { messageOf } from '../../core/errors.ts';
import type { Event } from '../../core/event.ts';
import { type Envelope, type EventRecord, eventRecord } from '../../core/record.ts';
import { compareResourceVersions } from '../../core/resource-version.ts';
import { lastSeen } from '../../core/time.ts';
import type { Piece } from './held-bytes.ts';
import { parseListItem } from './parse-event.ts';
import type { Skips } from './skips.ts';

export interface ItemContext {
  readonly envelope: Omit<Envelope, 'news'>;
  /** The position before the list; undefined for a scope's first. */
  readonly previous: Position | undefined;
  readonly skips: Skips;
}

export interface DecodedItems {
  readonly records: readonly EventRecord[];
  readonly breaks: readonly Break[];
}

export function decodeItems(items: readonly Piece[], { envelope, previous, skips }: ItemContext): DecodedItems {
  const records: EventRecord[] = [];
  const breaks: Break[] = [];
  for (const item of items) {
    if (!Buffer.isBuffer(item)) {
      breaks.push(skips.oversized(item, envelope.receivedAt));
      continue;
    }
    try {
      const event = parseListItem(item);
      records.push(eventRecord(event, { ...envelope, news: isNews(event, envelope, previous) }));
    } catch (error) {
      breaks.push(skips.invalid(messageOf(error), envelope.receivedAt));
    }
  }
  return { records, breaks };
}

/**
 * What a list brings is news when nobody can have seen it: it was written after the position. Across a rewind
 * resourceVersions cannot be compared, but times can. A scope's first list is history.
 */
function isNews(event: Event, { epoch, receivedAt }: ItemContext['envelope'], previous: Position | undefined): boolean {
  if (!previous) return false;
  if (previous.epoch !== epoch) return (lastSeen(event) ?? receivedAt) >= previous.observedUntil;
  return compareResourceVersions(event.metadata.resourceVersion, previous.resourceVersion) > 0;
}
