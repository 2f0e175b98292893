/** What the broker of `kafka-broker.ts` holds. */
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';

/** https://kafka.apache.org/43/design/protocol/#protocol_api_keys and the version in which each is spoken here. */
export const API = {
  Produce: { key: 0, version: 11 },
  Fetch: { key: 1, version: 17 },
  ListOffsets: { key: 2, version: 9 },
  Metadata: { key: 3, version: 12 },
  OffsetCommit: { key: 8, version: 9 },
  FindCoordinator: { key: 10, version: 6 },
  JoinGroup: { key: 11, version: 9 },
  Heartbeat: { key: 12, version: 4 },
  LeaveGroup: { key: 13, version: 5 },
  SyncGroup: { key: 14, version: 5 },
  SaslHandshake: { key: 17, version: 1 },
  ApiVersions: { key: 18, version: 3 },
  InitProducerId: { key: 22, version: 5 },
  SaslAuthenticate: { key: 36, version: 2 },
} as const;

export type ApiName = keyof typeof API;

/** https://kafka.apache.org/43/design/protocol/#protocol_error_codes */
export const ErrorCode = {
  NONE: 0,
  OFFSET_OUT_OF_RANGE: 1,
  UNKNOWN_TOPIC_OR_PARTITION: 3,
  MESSAGE_TOO_LARGE: 10,
  REBALANCE_IN_PROGRESS: 27,
  TOPIC_AUTHORIZATION_FAILED: 29,
  GROUP_AUTHORIZATION_FAILED: 30,
  SASL_AUTHENTICATION_FAILED: 58,
  UNKNOWN_TOPIC_ID: 100,
} as const;

export interface BrokerMessage {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [Buffer | null, Buffer | null])[];
}

interface Topic {
  readonly id: string;
  /** By partition, by offset. */
  readonly partitions: BrokerMessage[][];
}

export class BrokerState {
  readonly port: number;
  readonly topics = new Map<string, Topic>();
  /** What the group committed last: `topic/partition`. */
  readonly committed = new Map<string, bigint>();
  /** Requests that fail with a code, and what is said about it, until they are taken from here. */
  readonly failures = new Map<ApiName, { readonly code: number; readonly says?: (request: string) => string }>();
  readonly #appended = new EventEmitter().setMaxListeners(100);
  readonly #closing = new AbortController();
  generation = 0;
  /** A batch of more is refused as too large. */
  maxBatchMessages = Number.POSITIVE_INFINITY;

  constructor(port: number) {
    this.port = port;
  }

  createTopic(name: string, partitions = 1): void {
    this.topics.set(name, { id: randomUUID(), partitions: Array.from({ length: partitions }, () => []) });
  }

  addPartition(name: string): void {
    this.topics.get(name)?.partitions.push([]);
  }

  /** Gives the offset of the first; undefined when there is no such partition. */
  append(topic: string, partition: number, messages: readonly BrokerMessage[]): number | undefined {
    const log = this.topics.get(topic)?.partitions[partition];
    if (!log) return undefined;
    const offset = log.length;
    log.push(...messages);
    this.#appended.emit('appended');
    return offset;
  }

  /** Resolves after so long, or earlier when something arrives. */
  async news(timeoutMs: number): Promise<void> {
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(timeoutMs)]);
    await once(this.#appended, 'appended', { signal }).catch(() => {});
  }

  topicOf(id: string): Topic | undefined {
    return [...this.topics.values()].find((topic) => topic.id === id);
  }

  close(): void {
    this.#closing.abort();
  }
}
