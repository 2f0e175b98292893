import { hash } from 'node:crypto';
import type { EventRecord } from './record.ts';

/** Elasticsearch takes document ids of up to 512 bytes, and no other transport of a key less. */
const MAX_LENGTH = 512;

/**
 * The identity of a record as one printable ASCII text without spaces, of at most 512 bytes: what transports that know
 * duplicates by a key are given. Equal for equal (cluster, epoch, event UID, resourceVersion), different for others.
 */
export function recordKey({ cluster, epoch, body }: Pick<EventRecord, 'cluster' | 'epoch' | 'body'>): string {
  const { uid, resourceVersion } = body.metadata;
  const key = `${encodeURIComponent(cluster)}/${epoch}/${encodeURIComponent(uid)}/${resourceVersion}`;
  return key.length <= MAX_LENGTH ? key : hash('sha256', key, 'hex');
}
