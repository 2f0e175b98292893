import { extname } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { DeliveryWriter } from '../component/delivery-ledger.ts';
import type { History, Hold } from '../component/history.ts';
import type { AppendedPage } from '../component/log.ts';
import type { ScopeStatus } from '../component/source.ts';
import { AppError, type ErrorCode } from '../core/errors.ts';
import { groupWrites } from '../pipeline/group-writes.ts';
import type { IngestStatus } from '../pipeline/ingest.ts';
import type { Retention } from '../pipeline/retention.ts';
import type { KafkaSourceConfig } from '../sources/kafka/config.ts';
import type { LogFormat, LogLevel } from '../telemetry/log.ts';
import { Change } from '../util/change.ts';

export interface ClusterConfig {
  readonly name?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly preferInCluster?: boolean;
  readonly server?: string;
  readonly namespaces?: readonly string[];
  readonly eventTTLMs?: number;
}

export interface CollectorConfig {
  /** The SQLite file. */
  readonly storePath: string;
  readonly clusters: readonly ClusterConfig[];
  readonly retention: Retention;
  /** What stays beyond that for consumers of the log that are behind. */
  readonly hold: Hold;
  /** Instead of clusters. */
  readonly kafka?: KafkaSourceConfig;
  readonly log: { readonly format: LogFormat; readonly level: LogLevel };
}

export interface CollectorStatus {
  readonly scopes: readonly ScopeStatus[];
  readonly ingest: IngestStatus;
}

/** What deliveries, and those who look objects up, write through the thread that owns the store. */
export type StoreWriter = DeliveryWriter & Pick<History, 'addOwners'>;

/** One of the writer's methods, with its arguments as they can be sent to another thread. */
export type Write = {
  readonly [Method in keyof StoreWriter]: {
    readonly type: 'write';
    readonly method: Method;
    readonly args: Parameters<StoreWriter[Method]>;
  };
}[keyof StoreWriter];

/** From now on the log is held for these. */
interface HoldFor {
  readonly type: 'hold';
  readonly consumers: readonly string[];
}

type CollectorQuestion = { readonly type: 'status' | 'metrics' | 'stop' } | HoldFor | Write;

export type CollectorRequest = { readonly id: number } & CollectorQuestion;

export type CollectorReply =
  | { readonly type: 'started' }
  /** Records were committed. */
  | { readonly type: 'appended'; readonly page: AppendedPage | undefined }
  | ({ readonly type: 'failed' } & SentError)
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | ({ readonly type: 'error'; readonly id: number } & SentError);

/** An error, as it can be sent to another thread. */
export interface SentError {
  readonly code: ErrorCode | undefined;
  readonly message: string;
  readonly hint: string | undefined;
}

/** The collector's thread, seen from the main one. */
export interface Collector {
  /** All reject when the thread does not answer within `timeoutMs`, or has ended. */
  status(timeoutMs: number): Promise<CollectorStatus>;
  /** In the Prometheus text format. */
  metrics(timeoutMs: number): Promise<string>;
  /** Commits what was received and ends the thread; ends it hard when that takes longer than `timeoutMs`. */
  stop(timeoutMs: number): Promise<void>;
  /** Holds the log for these consumers from now on, and for no others. */
  hold(consumers: readonly string[]): Promise<void>;
  readonly writer: StoreWriter;
  /** Notified when records were committed, and told of them when they are few. */
  readonly appended: Change<AppendedPage>;
  /** Rejects when the thread ends without having been told to. */
  readonly failed: Promise<never>;
}

/** A write waits for the commit before it, on a slow disk or a busy one. */
const WRITE_TIMEOUT_MS = 30_000;

/**
 * Of V8, for the collecting thread: half the room for young objects of the delivering one, in MiB, because it makes a
 * quarter as many; and its heap is collected when little happens, which gives back what the first list took. The command
 * line of `tidings` stands above a worker's resourceLimits. What is set here stands above both, for threads that begin
 * later: https://nodejs.org/api/v8.html#v8setflagsfromstringflags
 */
const V8_FLAGS = ['--max-semi-space-size=2', '--memory-reducer'];

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Starts the thread; resolves when it watches. Rejects with the AppError that kept it from starting. */
export async function startCollector(config: CollectorConfig): Promise<Collector> {
  // Unbuilt, or as `npm run build` makes it.
  const file = `./collector-thread${extname(import.meta.url)}`;
  for (const flag of V8_FLAGS) setFlagsFromString(flag);
  const worker = new Worker(new URL(file, import.meta.url), { workerData: config });
  const waiting = new Map<number, Waiting>();
  const failed = new Promise<never>((_, reject) => {
    worker.once('error', reject);
    worker.once('exit', (code) =>
      reject(new AppError('COLLECTOR_FAILED', `collect events: found the thread ended with exit code ${code}`)),
    );
  });
  failed.catch((error: Error) => {
    for (const { reject } of waiting.values()) reject(error);
  });
  await Promise.race([started(worker), failed]);
  const appended = new Change<AppendedPage>();
  worker.on('message', (message: CollectorReply) => {
    if (message.type === 'appended') appended.notify(message.page);
    else settle(waiting, message);
  });
  let lastId = 0;
  const ask = (question: CollectorQuestion, timeoutMs: number): Promise<unknown> => {
    const id = ++lastId;
    const answer = new Promise<unknown>((resolve, reject) => waiting.set(id, { resolve, reject }));
    worker.postMessage({ id, ...question } satisfies CollectorRequest);
    return withTimeout(answer, timeoutMs).finally(() => waiting.delete(id));
  };
  const write = async (question: Write | HoldFor): Promise<void> => {
    await ask(question, WRITE_TIMEOUT_MS);
  };
  return {
    failed,
    appended,
    hold: (consumers) => write({ type: 'hold', consumers }),
    writer: {
      acknowledge: (...args) => write({ type: 'write', method: 'acknowledge', args }),
      addDeadLetters: groupWrites((letters) => write({ type: 'write', method: 'addDeadLetters', args: [letters] })),
      addOwners: groupWrites((objects) => write({ type: 'write', method: 'addOwners', args: [objects] })),
      removeDeadLetters: (...args) => write({ type: 'write', method: 'removeDeadLetters', args }),
      setPaused: (...args) => write({ type: 'write', method: 'setPaused', args }),
      forget: (...args) => write({ type: 'write', method: 'forget', args }),
      addGap: (...args) => write({ type: 'write', method: 'addGap', args }),
    },
    // The thread's own code answers, in the same version of the program: its word is taken for the shape.
    status: async (timeoutMs) => (await ask({ type: 'status' }, timeoutMs)) as CollectorStatus,
    metrics: async (timeoutMs) => String(await ask({ type: 'metrics' }, timeoutMs)),
    async stop(timeoutMs) {
      try {
        await ask({ type: 'stop' }, timeoutMs);
      } finally {
        await worker.terminate();
      }
    },
  };
}

function started(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once('message', (message: CollectorReply) => {
      if (message.type === 'failed') reject(received(message));
      else resolve();
    });
  });
}

function settle(waiting: ReadonlyMap<number, Waiting>, message: CollectorReply): void {
  if (message.type === 'answer') waiting.get(message.id)?.resolve(message.value);
  else if (message.type === 'error') waiting.get(message.id)?.reject(received(message));
}

function received({ code, message, hint }: SentError): Error {
  return new AppError(code ?? 'COLLECTOR_FAILED', message, hint === undefined ? {} : { hint });
}

async function withTimeout(answer: Promise<unknown>, timeoutMs: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    const problem = `ask the collector: found no answer within ${timeoutMs} ms`;
    timer = setTimeout(() => reject(new AppError('COLLECTOR_FAILED', problem)), timeoutMs);
  });
  return Promise.race([answer, timeout]).finally(() => clearTimeout(timer));
}
