/** What the collector's thread does with the bytes of a watch, without the socket: cut, parse, group, commit. */
import { sourceMetrics } from '../src/app/source-metrics.ts';
import type { EventRecord } from '../src/core/record.ts';
import { Ingest } from '../src/pipeline/ingest.ts';
import { startWordIndexing } from '../src/pipeline/word-indexing.ts';
import { decodeFrames } from '../src/sources/kubernetes/decode-frames.ts';
import { ExpiryClassifier } from '../src/sources/kubernetes/expiry-classifier.ts';
import { FrameSplitter } from '../src/sources/kubernetes/frame-splitter.ts';
import { Skips } from '../src/sources/kubernetes/skips.ts';
import { openSqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { createLogger } from '../src/telemetry/log.ts';
import { createMetrics } from '../src/telemetry/metrics.ts';

/** As a socket hands them over. */
const CHUNK_BYTES = 64 * 1024;
const CLUSTER = 'bench';

interface Decoded {
  readonly records: readonly EventRecord[];
  readonly position: string;
}

/** From the chunks of a watch to records. */
export function createDecoder(): (chunk: Buffer) => Decoded {
  const metrics = sourceMetrics(createMetrics(), CLUSTER);
  const skips = new Skips(createLogger({ format: 'json', level: 'warn' }), metrics);
  const expiry = new ExpiryClassifier(undefined);
  const splitter = new FrameSplitter();
  let position = '0';
  return (chunk) => {
    const receivedAt = Date.now();
    const envelope = { cluster: CLUSTER, epoch: 1, scope: '*', receivedAt, origin: 'watch', news: true } as const;
    const context = { envelope, position, corruptAfter: undefined, expiry, skips, metrics };
    const decoded = decodeFrames(splitter.push(chunk), context);
    if (decoded.failure) throw decoded.failure;
    position = decoded.position;
    return decoded;
  };
}

export interface Pipeline {
  push(chunk: Buffer): Promise<void>;
  /** Commits the rest. */
  close(): Promise<void>;
}

/** Into a store of its own. */
export async function openPipeline(path: string): Promise<Pipeline> {
  const logger = createLogger({ format: 'json', level: 'warn' });
  const store = openSqliteStore({ path, logger });
  const ingest = new Ingest({ log: store, logger, metrics: createMetrics() });
  const { epoch } = await ingest.register({ name: CLUSTER });
  const stopIndexing = startWordIndexing({ history: store, logger });
  const decode = createDecoder();
  let observedUntil = Date.now();
  return {
    async push(chunk) {
      const { records, position } = decode(chunk);
      // As a watch that never broke off says it.
      const observed = { from: observedUntil, to: Date.now() };
      observedUntil = observed.to;
      await ingest.offer({ cluster: CLUSTER, epoch, scope: '*', records, position, observed }, chunk.length);
    },
    async close() {
      stopIndexing();
      await ingest.close();
      await store.close();
    },
  };
}

export function* chunksOf(frames: Iterable<Buffer>): Generator<Buffer> {
  let parts: Buffer[] = [];
  let size = 0;
  for (const frame of frames) {
    parts.push(frame);
    size += frame.length;
    if (size < CHUNK_BYTES) continue;
    // Frames do not end where chunks do.
    const bytes = Buffer.concat(parts);
    yield bytes.subarray(0, CHUNK_BYTES);
    const rest = bytes.subarray(CHUNK_BYTES);
    parts = rest.length > 0 ? [rest] : [];
    size = rest.length;
  }
  if (size > 0) yield Buffer.concat(parts);
}
