/**
 * A broker of Kafka on loopback, the only one of its cluster, that is gone when the test is. Of the protocol it does what
 * one producer and one member of a group ask for (https://kafka.apache.org/43/design/protocol/); real brokers are in e2e.
 */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { Reader, Writer } from '@platformatic/kafka';
import { onTestFinished } from 'vitest';
import { ANSWERS } from './kafka-broker-answers.ts';
import { API, type ApiName, BrokerState } from './kafka-broker-state.ts';

export interface KafkaBroker {
  /** `host:port`. */
  readonly address: string;
  readonly state: BrokerState;
  /** How often each request was made. */
  readonly asked: ReadonlyMap<ApiName, number>;
  /** From now on it leaves everything without an answer. Resolves when it has been asked. */
  readonly hang: () => Promise<void>;
  /** Breaks every connection, and takes no new one until `start` is called. */
  readonly stop: () => Promise<void>;
  readonly start: () => Promise<void>;
}

export async function kafkaBroker(): Promise<KafkaBroker> {
  const server = createServer();
  const sockets = new Set<Socket>();
  const asked = new Map<ApiName, number>();
  let onHanging: (() => void) | undefined;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    void serve(socket, (request) => {
      if (onHanging) return onHanging();
      const answer = answerTo(request, state, (name) => asked.set(name, (asked.get(name) ?? 0) + 1));
      void answer.then((response) => socket.write(response));
    });
  });
  const port = await listen(server, 0);
  const state = new BrokerState(port);
  const stop = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  onTestFinished(async () => {
    state.close();
    if (server.listening) await stop();
  });
  return {
    address: `127.0.0.1:${port}`,
    state,
    asked,
    hang: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      onHanging = resolve;
      return promise;
    },
    stop,
    start: async () => void (await listen(server, port)),
  };
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

/** Calls back for each request, without the length before it. */
async function serve(socket: Socket, onRequest: (request: Buffer) => void): Promise<void> {
  let received: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of socket) {
      received = Buffer.concat([received, chunk as Buffer]);
      while (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) {
        const end = 4 + received.readInt32BE(0);
        onRequest(received.subarray(4, end));
        received = received.subarray(end);
      }
    }
  } catch {
    // The connection was broken off, by the client or by the test.
  }
}

async function answerTo(request: Buffer, state: BrokerState, count: (name: ApiName) => void): Promise<Buffer> {
  const reader = Reader.from(request);
  const key = reader.readInt16();
  const version = reader.readInt16();
  const correlationId = reader.readInt32();
  reader.readNullableString(false);
  const found = Object.entries(API).find(([, api]) => api.key === key);
  if (!found || (found[1].version !== version && found[0] !== 'ApiVersions')) {
    throw new Error(`answer a request of Kafka: found API ${key} version ${version}, want one of those announced`);
  }
  const name = found[0] as ApiName;
  // The two that a client sends before it knows what the broker can do: https://cwiki.apache.org/confluence/display/KAFKA/KIP-482
  const isFlexible = name !== 'SaslHandshake' && (name !== 'ApiVersions' || version >= 3);
  if (isFlexible) reader.readTaggedFields();
  count(name);
  const body = await ANSWERS[name](reader, state, version);
  const head = Writer.create().appendInt32(correlationId);
  if (isFlexible && name !== 'ApiVersions') head.appendTaggedFields();
  return head.appendFrom(body).prependLength().buffer;
}
