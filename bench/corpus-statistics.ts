/** What the corpus is like, counted. */
import type { ObjectReference } from '../src/core/event.ts';
import { parseWatchFrame } from '../src/sources/kubernetes/parse-event.ts';

export interface CorpusStatistics {
  readonly frames: number;
  readonly events: number;
  readonly mostRevisions: number;
  readonly modifiedShare: number;
  readonly warningShare: number;
  readonly distinctMessageShare: number;
  readonly reasons: number;
  readonly namespaces: number;
  readonly objects: number;
  readonly meanBytes: number;
  /** Of the same frames without managedFields. */
  readonly meanBytesWithoutManagedFields: number;
}

export function statisticsOf(frames: Iterable<Buffer>): CorpusStatistics {
  const revisions = new Map<string, number>();
  const messages = new Set<unknown>();
  const reasons = new Set<unknown>();
  const namespaces = new Set<unknown>();
  const objects = new Set<string>();
  const sum = { frames: 0, modified: 0, warnings: 0, bytes: 0, read: 0 };
  for (const bytes of frames) {
    const frame = parseWatchFrame(bytes);
    if (frame.type === 'BOOKMARK' || frame.type === 'ERROR') continue;
    const { event, type } = frame;
    sum.frames++;
    sum.bytes += bytes.length;
    sum.read += Buffer.byteLength(JSON.stringify({ type, object: { kind: 'Event', apiVersion: 'v1', ...event } })) + 1;
    if (type === 'MODIFIED') sum.modified++;
    if (event.type === 'Warning') sum.warnings++;
    revisions.set(event.metadata.uid, (revisions.get(event.metadata.uid) ?? 0) + 1);
    messages.add(event.message);
    reasons.add(event.reason);
    namespaces.add(event.metadata.namespace);
    objects.add(identityOf(event.involvedObject));
  }
  return {
    frames: sum.frames,
    events: revisions.size,
    mostRevisions: [...revisions.values()].reduce((most, count) => Math.max(most, count), 0),
    modifiedShare: sum.modified / sum.frames,
    warningShare: sum.warnings / sum.frames,
    distinctMessageShare: messages.size / sum.frames,
    reasons: reasons.size,
    namespaces: namespaces.size,
    objects: objects.size,
    meanBytes: sum.bytes / sum.frames,
    meanBytesWithoutManagedFields: sum.read / sum.frames,
  };
}

function identityOf({ kind, namespace, name, uid }: ObjectReference): string {
  return [kind, namespace, name, uid].join(' ');
}
