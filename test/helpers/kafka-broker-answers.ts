/** What the broker of `kafka-broker.ts` answers to each request. */
import { randomUUID } from 'node:crypto';
import { createRecordsBatch, Reader, readRecordsBatches, Writer } from '@platformatic/kafka';
import { API, type ApiName, type BrokerMessage, type BrokerState, ErrorCode } from './kafka-broker-state.ts';

const NODE_ID = 1;

type Answer = (request: Reader, state: BrokerState, version: number) => Writer | Promise<Writer>;

const THROTTLE_MS = 0;
const start = (): Writer => Writer.create().appendInt32(THROTTLE_MS);
const codeOf = (state: BrokerState, name: ApiName): number => state.failures.get(name)?.code ?? ErrorCode.NONE;

export const ANSWERS: Readonly<Record<ApiName, Answer>> = {
  ApiVersions(_request, _state, version) {
    const isCompact = version >= 3;
    const answer = Writer.create()
      .appendInt16(ErrorCode.NONE)
      .appendArray(
        Object.values(API),
        (writer, api) => writer.appendInt16(api.key).appendInt16(api.version).appendInt16(api.version),
        isCompact,
        isCompact,
      )
      .appendInt32(THROTTLE_MS);
    return isCompact ? answer.appendTaggedFields() : answer;
  },

  SaslHandshake: () =>
    Writer.create()
      .appendInt16(ErrorCode.NONE)
      .appendArray(['PLAIN'], (writer, mechanism) => writer.appendString(mechanism, false), false, false),

  SaslAuthenticate(request, state) {
    const says = state.failures.get('SaslAuthenticate')?.says?.(String(request.readBytes())) ?? null;
    return Writer.create()
      .appendInt16(codeOf(state, 'SaslAuthenticate'))
      .appendString(says)
      .appendBytes(Buffer.alloc(0))
      .appendInt64(0n)
      .appendTaggedFields();
  },

  Metadata(request, state) {
    const names = request.readArray((reader) => {
      reader.readUUID();
      return reader.readString();
    });
    return start()
      .appendArray([NODE_ID], (writer, id) => broker(writer, id, state).appendString(null))
      .appendString('cluster')
      .appendInt32(NODE_ID)
      .appendArray(names, (writer, name) => {
        const topic = state.topics.get(name);
        writer
          .appendInt16(topic ? ErrorCode.NONE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
          .appendString(name)
          .appendUUID(topic?.id ?? null)
          .appendBoolean(false)
          .appendArray(topic?.partitions ?? [], (partition, _, index) => {
            partition.appendInt16(ErrorCode.NONE).appendInt32(index).appendInt32(NODE_ID).appendInt32(0);
            for (const nodes of [[NODE_ID], [NODE_ID], []])
              partition.appendArray(nodes, (node, id) => node.appendInt32(id), true, false);
          })
          .appendInt32(0);
      })
      .appendTaggedFields();
  },

  FindCoordinator(request, state) {
    request.readInt8();
    const keys = request.readArray((reader) => reader.readString(), true, false);
    return start()
      .appendArray(keys, (writer, key) =>
        broker(writer.appendString(key), NODE_ID, state)
          .appendInt16(codeOf(state, 'FindCoordinator'))
          .appendString(null),
      )
      .appendTaggedFields();
  },

  InitProducerId: (_, state) =>
    start().appendInt16(codeOf(state, 'InitProducerId')).appendInt64(1n).appendInt16(0).appendTaggedFields(),

  Produce(request, state) {
    request.readNullableString();
    request.readInt16();
    request.readInt32();
    const topics = request.readArray((reader) => {
      const name = reader.readString();
      const partitions = reader.readArray((inner) => {
        const index = inner.readInt32();
        const batches = readRecordsBatches(Reader.from(inner.readBytes()));
        return { index, records: batches.flatMap(({ records }) => records) };
      });
      return { name, partitions };
    });
    const tooLarge = topics.some(({ partitions }) =>
      partitions.some(({ records: sent }) => sent.length > state.maxBatchMessages),
    );
    const code = tooLarge ? ErrorCode.MESSAGE_TOO_LARGE : codeOf(state, 'Produce');
    return Writer.create()
      .appendArray(topics, (writer, { name, partitions }) => {
        writer.appendString(name).appendArray(partitions, (partition, { index, records }) => {
          const offset = code === ErrorCode.NONE ? state.append(name, index, records) : 0;
          const found = offset === undefined ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : code;
          partition
            .appendInt32(index)
            .appendInt16(found)
            .appendInt64(BigInt(offset ?? -1));
          partition.appendInt64(-1n).appendInt64(0n);
          partition.appendArray([], () => {}).appendString(null);
        });
      })
      .appendInt32(THROTTLE_MS)
      .appendTaggedFields();
  },

  ListOffsets(request, state) {
    request.readInt32();
    request.readInt8();
    const topics = request.readArray((reader) => {
      const name = reader.readString();
      const partitions = reader.readArray((inner) => {
        const index = inner.readInt32();
        inner.readInt32();
        return { index, timestamp: inner.readInt64() };
      });
      return { name, partitions };
    });
    return start()
      .appendArray(topics, (writer, { name, partitions }) =>
        writer.appendString(name).appendArray(partitions, (partition, { index, timestamp }) => {
          // -2 asks for the first, -1 for the end.
          const end = state.topics.get(name)?.partitions[index]?.length ?? 0;
          partition.appendInt32(index).appendInt16(codeOf(state, 'ListOffsets')).appendInt64(-1n);
          partition.appendInt64(timestamp === -2n ? 0n : BigInt(end)).appendInt32(0);
        }),
      )
      .appendTaggedFields();
  },

  /** There is one member: it leads the group, and is told at once that nobody else is there. */
  JoinGroup(request, state) {
    request.readString();
    request.readInt32();
    request.readInt32();
    const member = request.readString() || randomUUID();
    request.readNullableString();
    request.readString();
    const [protocol] = request.readArray((reader) => ({ name: reader.readString(), metadata: reader.readBytes() }));
    return start()
      .appendInt16(codeOf(state, 'JoinGroup'))
      .appendInt32(++state.generation)
      .appendString('consumer')
      .appendString(protocol?.name ?? null)
      .appendString(member)
      .appendBoolean(false)
      .appendString(member)
      .appendArray([member], (writer, id) =>
        writer
          .appendString(id)
          .appendString(null)
          .appendBytes(protocol?.metadata ?? null),
      )
      .appendTaggedFields();
  },

  SyncGroup(request, state) {
    request.readString();
    request.readInt32();
    for (let index = 0; index < 4; index++) request.readNullableString();
    const [own] = request.readArray((reader) => ({ member: reader.readString(), assignment: reader.readBytes() }));
    return start()
      .appendInt16(codeOf(state, 'SyncGroup'))
      .appendString('consumer')
      .appendString(null)
      .appendBytes(own?.assignment ?? Buffer.alloc(0))
      .appendTaggedFields();
  },

  Heartbeat: (_, state) => start().appendInt16(codeOf(state, 'Heartbeat')).appendTaggedFields(),

  LeaveGroup: () =>
    start()
      .appendInt16(ErrorCode.NONE)
      .appendArray([], () => {})
      .appendTaggedFields(),

  OffsetCommit(request, state) {
    request.readString();
    request.readInt32();
    request.readString();
    request.readNullableString();
    const topics = request.readArray((reader) => {
      const name = reader.readString();
      const partitions = reader.readArray((inner) => {
        const place = { index: inner.readInt32(), offset: inner.readInt64() };
        inner.readInt32();
        inner.readNullableString();
        return place;
      });
      return { name, partitions };
    });
    const code = codeOf(state, 'OffsetCommit');
    return start()
      .appendArray(topics, (writer, { name, partitions }) =>
        writer.appendString(name).appendArray(partitions, (partition, { index, offset }) => {
          if (code === ErrorCode.NONE) state.committed.set(`${name}/${index}`, offset);
          partition.appendInt32(index).appendInt16(code);
        }),
      )
      .appendTaggedFields();
  },

  async Fetch(request, state) {
    const maxWaitMs = request.readInt32();
    request.readInt32();
    request.readInt32();
    request.readInt8();
    request.readInt32();
    request.readInt32();
    const topics = request.readArray((reader) => {
      const id = reader.readUUID();
      const partitions = reader.readArray((inner) => {
        const index = inner.readInt32();
        inner.readInt32();
        const offset = inner.readInt64();
        inner.readInt32();
        inner.readInt64();
        inner.readInt32();
        return { index, offset };
      });
      return { id, partitions };
    });
    const hasNews = (): boolean =>
      topics.some(({ id, partitions }) => {
        const logs = state.topicOf(id)?.partitions;
        return !logs || partitions.some(({ index, offset }) => BigInt(logs[index]?.length ?? 0) !== offset);
      });
    if (!hasNews()) await state.news(maxWaitMs);
    return start()
      .appendInt16(codeOf(state, 'Fetch'))
      .appendInt32(0)
      .appendArray(topics, (writer, { id, partitions }) => {
        const logs = state.topicOf(id)?.partitions;
        writer
          .appendUUID(id)
          .appendArray(partitions, (partition, { index, offset }) => records(partition, index, offset, logs?.[index]));
      })
      .appendTaggedFields();
  },
};

function broker(writer: Writer, id: number, { port }: BrokerState): Writer {
  return writer.appendInt32(id).appendString('127.0.0.1').appendInt32(port);
}

/** One partition of a fetch, with all that it has from the offset on. */
function records(writer: Writer, index: number, offset: bigint, log: readonly BrokerMessage[] | undefined): void {
  const end = BigInt(log?.length ?? 0);
  const code = !log ? ErrorCode.UNKNOWN_TOPIC_ID : offset > end ? ErrorCode.OFFSET_OUT_OF_RANGE : ErrorCode.NONE;
  writer.appendInt32(index).appendInt16(code).appendInt64(end).appendInt64(end).appendInt64(0n);
  writer.appendArray(null, () => {}).appendInt32(-1);
  const messages = code === ErrorCode.NONE ? (log?.slice(Number(offset)) ?? []) : [];
  writer.appendBytes(messages.length > 0 ? batch(messages, offset) : null);
}

function batch(messages: readonly BrokerMessage[], offset: bigint): Buffer {
  const { buffer } = createRecordsBatch(
    messages.map(({ key, value, headers }) => ({
      topic: '',
      timestamp: 0n,
      ...(key && { key }),
      // A tombstone has none, which the client's own type does not know.
      value: value as Buffer,
      headers: new Map(headers.map(([name, content]) => [name ?? Buffer.alloc(0), content ?? Buffer.alloc(0)])),
    })),
  );
  // The checksum begins after it.
  buffer.writeBigInt64BE(offset, 0);
  return buffer;
}
