/** The resourceVersion of what an API server answers a write with, without holding on to more of it than that takes. */
import type { IncomingMessage } from 'node:http';
import { isObject } from '../../util/is-object.ts';
import { protobufVersion } from './protobuf-version.ts';

/** An event is smaller than that: events of 128 KiB and more would be compressed, too. */
const MAX_BYTES = 256 * 1024;

/** Calls back once, at the end of the answer: undefined when the answer does not tell. Never for one that breaks off. */
export function onWrittenVersion(answer: IncomingMessage, callback: (version: number | undefined) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  answer.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_BYTES) chunks.push(chunk);
    else chunks.length = 0;
  });
  answer.once('end', () => callback(size > MAX_BYTES ? undefined : versionOf(answer, Buffer.concat(chunks))));
}

function versionOf({ headers }: IncomingMessage, body: Buffer): number | undefined {
  if (headers['content-encoding'] !== undefined) return undefined;
  const type = headers['content-type'] ?? '';
  const text = type.includes('protobuf') ? protobufVersion(body) : jsonVersion(body);
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** Of an event, or of one as a table or as its metadata. */
function jsonVersion(body: Buffer): string | undefined {
  try {
    const object: unknown = JSON.parse(body.toString());
    const metadata = isObject(object) ? object['metadata'] : undefined;
    return isObject(metadata) ? String(metadata['resourceVersion']) : undefined;
  } catch {
    return undefined;
  }
}
