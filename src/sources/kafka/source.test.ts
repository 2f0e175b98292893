import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type KafkaBroker, kafkaBroker } from '../../../test/helpers/kafka-broker.ts';
import { ErrorCode } from '../../../test/helpers/kafka-broker-state.ts';
import { messageNumber } from '../../../test/helpers/open-sink.ts';
import { parseTidingsRecord, tidingsRecordJson } from '../../formats/tidings-record.ts';
import { Ingest } from '../../pipeline/ingest.ts';
import { openSqliteStore, type SqliteStore } from '../../store/sqlite/sqlite-store.ts';
import { createLogger } from '../../telemetry/log.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { createKafkaSource } from './source.ts';

const SOON = { timeout: 10_000 };

function newStore(): SqliteStore {
  const store = openSqliteStore({ path: ':memory:' });
  onTestFinished(() => store.close());
  return store;
}

/** Reads the topic `events` into a store until it is stopped, at the latest when the test is over. */
function startReading({ address }: KafkaBroker, store = newStore(), log: Partial<SqliteStore> = {}) {
  const logged: string[] = [];
  const logger = createLogger({ format: 'json', level: 'debug', destination: { write: (line) => logged.push(line) } });
  const ingest = new Ingest({
    log: {
      register: (cluster) => store.register(cluster),
      offsets: (topic) => store.offsets(topic),
      append: (batches) => store.append(batches),
      ...log,
    },
    logger,
    metrics: createMetrics(),
  });
  const counted = { received: 0, bytes: 0, skipped: 0 };
  const source = createKafkaSource({
    config: { brokers: [address], topic: 'events', group: 'store', clientId: 'test' },
    parse: parseTidingsRecord,
    intake: ingest,
    logger,
    metrics: {
      received(bytes) {
        counted.received++;
        counted.bytes += bytes;
      },
      skipped: () => counted.skipped++,
    },
  });
  const stopping = new AbortController();
  const running = source.run(stopping.signal);
  const stop = async (): Promise<void> => {
    stopping.abort();
    await running;
    await ingest.close();
  };
  onTestFinished(() => {
    stopping.abort();
    return running;
  });
  const stored = async (): Promise<readonly string[]> => {
    const { records } = await store.read(await store.beginning(), { limit: 1_000 });
    return records.map(({ body }) => body.metadata.uid);
  };
  const status = () => source.status()[0];
  return { stop, stored, status, counted, logged, store };
}

const uidOf = (index: number): string => messageNumber(index).record.body.metadata.uid;
const uids = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from }, (_, index) => uidOf(from + index));

function append({ state }: KafkaBroker, partition: number, ...values: readonly (string | null)[]): void {
  const messages = values.map((value) => ({
    key: null,
    value: value === null ? null : Buffer.from(value),
    headers: [],
  }));
  state.append('events', partition, messages);
}

/** Appends the records with these numbers. */
function write(broker: KafkaBroker, partition: number, from: number, to: number): void {
  for (let index = from; index < to; index++) append(broker, partition, tidingsRecordJson(messageNumber(index)));
}

async function brokerWithTopic(partitions = 1): Promise<KafkaBroker> {
  const broker = await kafkaBroker();
  broker.state.createTopic('events', partitions);
  return broker;
}

const idOf = ({ state }: KafkaBroker): string => state.topics.get('events')?.id ?? '';

describe('the Kafka source', () => {
  test('stores the records of every partition as they were, and with them how far it has read', async () => {
    const broker = await brokerWithTopic(2);
    write(broker, 0, 0, 3);
    write(broker, 1, 3, 5);
    const { stored, status, store, counted } = startReading(broker);
    await vi.waitFor(async () => expect((await stored()).toSorted()).toEqual(uids(0, 5).toSorted()), SOON);
    expect(await store.offsets(idOf(broker))).toEqual(
      new Map([
        [0, 3n],
        [1, 2n],
      ]),
    );
    const { records } = await store.read(await store.beginning(), { limit: 10 });
    expect(records.find(({ body }) => body.metadata.uid === uidOf(4))).toEqual(messageNumber(4).record);
    expect(status()).toMatchObject({ cluster: 'kafka', scope: 'events', state: 'watching' });
    expect(counted).toMatchObject({ received: 5, skipped: 0 });
    expect(counted.bytes).toBeGreaterThan(1_000);
  });

  test('tells the group how far it is, once that is durable', async () => {
    const broker = await brokerWithTopic();
    write(broker, 0, 0, 3);
    const { logged } = startReading(broker);
    broker.state.failures.set('OffsetCommit', { code: ErrorCode.GROUP_AUTHORIZATION_FAILED });
    await vi.waitFor(() => expect(logged.join('')).toContain('cannot commit offsets'), SOON);
    expect(broker.state.committed).toEqual(new Map());
    broker.state.failures.clear();
    write(broker, 0, 3, 4);
    await vi.waitFor(() => expect(broker.state.committed).toEqual(new Map([['events/0', 4n]])), SOON);
  });

  test('goes on where the store is, whatever was committed to the group', async () => {
    const broker = await brokerWithTopic();
    write(broker, 0, 0, 4);
    const first = startReading(broker);
    await vi.waitFor(() => expect(broker.state.committed.get('events/0')).toBe(4n), SOON);
    await first.stop();
    write(broker, 0, 4, 6);
    const again = startReading(broker, first.store);
    await vi.waitFor(async () => expect(await again.stored()).toEqual(uids(0, 6)), SOON);
    expect(again.counted.received).toBe(2);
    await again.stop();

    const another = startReading(broker);
    await vi.waitFor(async () => expect(await another.stored()).toEqual(uids(0, 6)), SOON);
  });

  test('moves no position past a record that was not committed, and stores once what it reads twice', async () => {
    const broker = await brokerWithTopic();
    write(broker, 0, 0, 2);
    const store = newStore();
    const first = startReading(broker, store);
    await vi.waitFor(async () => expect(await first.stored()).toEqual(uids(0, 2)), SOON);
    await first.stop();

    write(broker, 0, 2, 4);
    const full = startReading(broker, store, { append: () => Promise.reject(new Error('no space left')) });
    await vi.waitFor(() => expect(full.counted.received).toBe(2), SOON);
    await expect(full.stop()).rejects.toThrow('no space left');
    expect(await store.offsets(idOf(broker))).toEqual(new Map([[0, 2n]]));

    write(broker, 0, 0, 4);
    const last = startReading(broker, store);
    await vi.waitFor(() => expect(last.counted.received).toBe(6), SOON);
    await vi.waitFor(async () => expect(await store.offsets(idOf(broker))).toEqual(new Map([[0, 8n]])), SOON);
    expect(await last.stored()).toEqual(uids(0, 4));
  });

  test('counts, names and skips what is no record', async () => {
    const broker = await brokerWithTopic();
    write(broker, 0, 0, 1);
    append(broker, 0, 'nonsense', null, '{"apiVersion":"tidings/v1"}');
    write(broker, 0, 1, 2);
    const { stored, store, counted, logged } = startReading(broker);
    await vi.waitFor(async () => expect(await stored()).toEqual(uids(0, 2)), SOON);
    expect(counted).toMatchObject({ received: 5, skipped: 3 });
    const skips = logged
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ message }) => message === 'skipped a message that is no record');
    expect(skips.map(({ topic, partition, offset }) => [topic, partition, offset])).toEqual([
      ['events', 0, '1'],
      ['events', 0, '2'],
      ['events', 0, '3'],
    ]);
    expect(skips.every(({ error }) => String(error).includes('read a Tidings record'))).toBe(true);
    expect(await store.offsets(idOf(broker))).toEqual(new Map([[0, 5n]]));
  });

  test('reads what is left of a topic that lost the place where it was', async () => {
    const broker = await brokerWithTopic();
    write(broker, 0, 0, 3);
    const store = newStore();
    const offset = { topic: idOf(broker), partition: 0, next: 50n };
    await store.append([{ cluster: 'prod', epoch: 1, scope: '*', records: [], offset }]);
    const { stored } = startReading(broker, store);
    await vi.waitFor(async () => expect(await stored()).toEqual(uids(0, 3)), SOON);
    expect(await store.offsets(idOf(broker))).toEqual(new Map([[0, 3n]]));
  });

  test('reads partitions that are added, and a topic that was made anew from its beginning', async () => {
    const broker = await brokerWithTopic();
    write(broker, 0, 0, 5);
    const { stored, counted } = startReading(broker);
    await vi.waitFor(async () => expect(await stored()).toHaveLength(5), SOON);
    broker.state.addPartition('events');
    write(broker, 1, 5, 7);
    await vi.waitFor(async () => expect(await stored()).toHaveLength(7), SOON);
    expect(counted.received).toBe(7);

    broker.state.createTopic('events');
    write(broker, 0, 7, 15);
    await vi.waitFor(async () => expect((await stored()).toSorted()).toEqual(uids(0, 15).toSorted()), SOON);
  });

  test('waits for a broker and for a topic that are missing, and says which', async () => {
    const broker = await kafkaBroker();
    await broker.stop();
    const { status, stored, logged } = startReading(broker);
    expect(status()?.state).toBe('connecting');
    await vi.waitFor(() => expect(status()).toMatchObject({ state: 'unreachable' }), SOON);
    expect(status()?.problem).toContain(broker.address);
    expect(status()?.lastContact).toBeUndefined();
    await broker.start();
    await vi.waitFor(() => expect(status()?.problem).toContain('Unknown topic events'), SOON);
    broker.state.createTopic('events');
    write(broker, 0, 0, 2);
    await vi.waitFor(async () => expect(await stored()).toEqual(uids(0, 2)), SOON);
    expect(status()).toMatchObject({ state: 'watching' });
    expect(status()?.problem).toBeUndefined();
    expect(logged.join('')).toContain('cannot read the topic; trying again');
  });

  test('goes on after its connections were broken, and after the topic was gone for a while', async () => {
    const broker = await brokerWithTopic();
    write(broker, 0, 0, 2);
    const { status, stored } = startReading(broker);
    await vi.waitFor(async () => expect(await stored()).toHaveLength(2), SOON);
    await broker.stop();
    await broker.start();
    write(broker, 0, 2, 3);
    await vi.waitFor(async () => expect(await stored()).toHaveLength(3), SOON);
    broker.state.topics.clear();
    await vi.waitFor(() => expect(status()?.state).toBe('unreachable'), { timeout: 20_000 });
    broker.state.createTopic('events');
    write(broker, 0, 3, 4);
    await vi.waitFor(async () => expect(await stored()).toEqual(uids(0, 4)), SOON);
  }, 60_000);

  test('joins the group again when that is shared out anew, also when it is refused first', async () => {
    const broker = await brokerWithTopic();
    write(broker, 0, 0, 2);
    const { status, stored, counted } = startReading(broker);
    await vi.waitFor(async () => expect(await stored()).toHaveLength(2), SOON);
    const joined = broker.asked.get('JoinGroup') ?? 0;
    broker.state.failures.set('Heartbeat', { code: ErrorCode.REBALANCE_IN_PROGRESS });
    await vi.waitFor(() => expect(broker.asked.get('JoinGroup')).toBeGreaterThan(joined), SOON);
    broker.state.failures.set('JoinGroup', { code: ErrorCode.GROUP_AUTHORIZATION_FAILED });
    await vi.waitFor(() => expect(status()?.state).toBe('unreachable'), SOON);
    broker.state.failures.clear();
    write(broker, 0, 2, 3);
    await vi.waitFor(async () => expect(await stored()).toEqual(uids(0, 3)), SOON);
    expect(counted.received).toBe(3);
  }, 30_000);

  test('stops soon: before it began, while it reads, while the broker hangs, while the store is full', async () => {
    const broker = await brokerWithTopic();
    const reading = startReading(broker);
    await vi.waitFor(() => expect(reading.status()?.state).toBe('watching'), SOON);
    await within(3_000, reading.stop());

    write(broker, 0, 0, 10);
    const full = startReading(broker, newStore(), { append: () => Promise.reject(new Error('no space left')) });
    await vi.waitFor(() => expect(full.counted.received).toBe(10), SOON);
    await within(
      3_000,
      full.stop().catch(() => {}),
    );

    await within(3_000, startReading(broker).stop());
    const asked = broker.hang();
    const hanging = startReading(broker);
    await asked;
    await within(3_000, hanging.stop());
    expect(hanging.status()?.state).toBe('connecting');
  });
});

async function within(ms: number, done: Promise<void>): Promise<void> {
  const began = performance.now();
  await done;
  expect(performance.now() - began).toBeLessThan(ms);
}
