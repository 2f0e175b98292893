import { Worker } from 'node:worker_threads';
import type { ScopeStatus } from '../component/source.ts';
import { AppError, type ErrorCode } from '../core/errors.ts';
import type { IngestStatus } from '../pipeline/ingest.ts';
import type { LogFormat, LogLevel } from '../telemetry/log.ts';

export interface ClusterConfig {
  readonly name?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly server?: string;
  readonly namespaces?: readonly string[];
  readonly eventTTLMs?: number;
}

export interface CollectorConfig {
  /** The SQLite file. */
  readonly storePath: string;
  readonly clusters: readonly ClusterConfig[];
  /** Absent: events are kept for ever. */
  readonly retentionAgeMs?: number;
  readonly log: { readonly format: LogFormat; readonly level: LogLevel };
}

export interface CollectorStatus {
  readonly scopes: readonly ScopeStatus[];
  readonly ingest: IngestStatus;
}

export interface CollectorRequest {
  readonly id: number;
  readonly type: 'status' | 'metrics' | 'stop';
}

export type CollectorReply =
  | { readonly type: 'started' }
  | {
      readonly type: 'failed';
      readonly code: ErrorCode | undefined;
      readonly message: string;
      readonly hint: string | undefined;
    }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly message: string };

/** The collector's thread, seen from the main one. */
export interface Collector {
  /** All reject when the thread does not answer within `timeoutMs`, or has ended. */
  status(timeoutMs: number): Promise<CollectorStatus>;
  /** In the Prometheus text format. */
  metrics(timeoutMs: number): Promise<string>;
  /** Commits what was received and ends the thread; ends it hard when that takes longer than `timeoutMs`. */
  stop(timeoutMs: number): Promise<void>;
  /** Rejects when the thread ends without having been told to. */
  readonly failed: Promise<never>;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Starts the thread; resolves when it watches. Rejects with the AppError that kept it from starting. */
export async function startCollector(config: CollectorConfig): Promise<Collector> {
  const worker = new Worker(new URL('./collector-thread.ts', import.meta.url), { workerData: config });
  const waiting = new Map<number, Waiting>();
  const failed = new Promise<never>((_, reject) => {
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the collector thread ended with exit code ${code}`)));
  });
  failed.catch((error: Error) => {
    for (const { reject } of waiting.values()) reject(error);
  });
  await Promise.race([started(worker), failed]);
  worker.on('message', (message: CollectorReply) => settle(waiting, message));
  let lastId = 0;
  const ask = (type: CollectorRequest['type'], timeoutMs: number): Promise<unknown> => {
    const id = ++lastId;
    const answer = new Promise<unknown>((resolve, reject) => waiting.set(id, { resolve, reject }));
    worker.postMessage({ id, type } satisfies CollectorRequest);
    return withTimeout(answer, timeoutMs).finally(() => waiting.delete(id));
  };
  return {
    failed,
    // The thread's own code answers, in the same version of the program: its word is taken for the shape.
    status: async (timeoutMs) => (await ask('status', timeoutMs)) as CollectorStatus,
    metrics: async (timeoutMs) => String(await ask('metrics', timeoutMs)),
    async stop(timeoutMs) {
      try {
        await ask('stop', timeoutMs);
      } finally {
        await worker.terminate();
      }
    },
  };
}

function started(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once('message', (message: CollectorReply) => {
      if (message.type !== 'failed') resolve();
      else if (message.code === undefined) reject(new Error(message.message));
      else
        reject(new AppError(message.code, message.message, message.hint === undefined ? {} : { hint: message.hint }));
    });
  });
}

function settle(waiting: ReadonlyMap<number, Waiting>, message: CollectorReply): void {
  if (message.type === 'answer') waiting.get(message.id)?.resolve(message.value);
  else if (message.type === 'error') waiting.get(message.id)?.reject(new Error(message.message));
}

async function withTimeout(answer: Promise<unknown>, timeoutMs: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the collector did not answer within ${timeoutMs} ms`)), timeoutMs);
  });
  return Promise.race([answer, timeout]).finally(() => clearTimeout(timer));
}
