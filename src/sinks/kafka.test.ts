import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { MultipleErrors, NetworkError, ProtocolError, UserError } from '@platformatic/kafka';
import { describe, expect, onTestFinished, test } from 'vitest';
import { messageNumber, openSink, settingsOf } from '../../test/helpers/open-sink.ts';
import { kafkaOutcome } from './_kafka-outcome.ts';
import { kafkaSink } from './kafka.ts';

/** Takes connections and never says a word. */
async function silentBroker() {
  const server = createServer();
  const sockets = new Set<{ destroy(): void }>();
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => resolve());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  onTestFinished(stop);
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked, stop };
}

const NOWHERE = 'brokers: ["127.0.0.1:9092"]\ntopic: events\n';

describe('kafka', () => {
  test.each(kafkaSink.examples)('has an example that can be loaded: $title', async ({ config }) => {
    expect(await settingsOf(kafkaSink, config, { KAFKA_PASSWORD: 'a-password' })).toBeDefined();
  });

  test('makes the involved object the key, and the record key a header beside those of the settings', async () => {
    const { sink } = await openSink(kafkaSink, `${NOWHERE}format: kubernetes\nheaders: {team: core}\n`);
    const message = messageNumber(7);
    const { value, bytes } = sink.encode(message);
    const { key, value: body, headers } = value as Record<'key' | 'value', Buffer> & { headers: Map<Buffer, Buffer> };
    const { cluster, subject } = message.record;
    expect(String(key)).toBe(`${cluster}/${subject.namespace}/${subject.kind}/${subject.name}`);
    expect(JSON.parse(String(body))).toMatchObject({
      kind: 'Event',
      metadata: { uid: message.record.body.metadata.uid },
    });
    expect(new Map([...headers].map((pair) => [String(pair[0]), String(pair[1])]))).toEqual(
      new Map([
        ['team', 'core'],
        ['content-type', 'application/json'],
        ['tidings-key', message.key],
      ]),
    );
    expect(bytes).toBeGreaterThan(key.length + body.length);
  });

  test('keeps events about an object under one key, and others apart', async () => {
    const { sink } = await openSink(kafkaSink, NOWHERE);
    const keyOf = (message: ReturnType<typeof messageNumber>): string =>
      String((sink.encode(message).value as { key: Buffer }).key);
    const first = messageNumber(1);
    const later = { ...first, record: { ...first.record, body: messageNumber(2).record.body } };
    expect(keyOf(later)).toBe(keyOf(first));
    expect(keyOf({ ...first, record: { ...first.record, cluster: 'other' } })).not.toBe(keyOf(first));
    expect(keyOf(messageNumber(2))).not.toBe(keyOf(first));
  });

  test.each([
    'brokers: []\ntopic: events\n',
    'brokers: [kafka.example.com]\ntopic: events\n',
    'brokers: ["kafka:9092"]\ntopic: "with space"\n',
    'brokers: ["kafka:9092"]\ntopic: ".."\n',
    `${NOWHERE}compression: brotli\n`,
    `${NOWHERE}sasl: {mechanism: PLAIN, username: app}\n`,
    `${NOWHERE}tls: {certFile: /tls.crt}\n`,
  ])('refuses %j', async (text) => {
    await expect(settingsOf(kafkaSink, text)).rejects.toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  test('sends again what no broker could be reached for', async () => {
    const { address, stop } = await silentBroker();
    stop();
    const { deliver } = await openSink(kafkaSink, `brokers: ["${address}"]\ntopic: events\n`);
    const unreachable = { status: 'retry', reason: 'unreachable', problem: expect.stringContaining(address) };
    expect(await deliver(2)).toEqual([unreachable, unreachable]);
  });

  test('lets go of a broker that is silent when it is aborted, and can be closed twice', async () => {
    const { address, asked } = await silentBroker();
    const { deliver, sink } = await openSink(kafkaSink, `brokers: ["${address}"]\ntopic: events\n`);
    const stopping = new AbortController();
    const delivery = deliver(1, stopping.signal);
    delivery.catch(() => {});
    await asked;
    stopping.abort();
    await expect(delivery).rejects.toBe(stopping.signal.reason);
    await sink.close();
    await expect(sink.close()).resolves.toBeUndefined();
  });
});

describe('kafkaOutcome', () => {
  test.each([
    ['MESSAGE_TOO_LARGE', 'reject', 'too_large'],
    ['INVALID_RECORD', 'reject', 'invalid'],
    ['UNKNOWN_TOPIC_OR_PARTITION', 'retry', 'not_found'],
    ['TOPIC_AUTHORIZATION_FAILED', 'retry', 'unauthorized'],
    ['NOT_ENOUGH_REPLICAS', 'retry', 'server_error'],
  ])('takes %s for %s, %s, also after a connection was lost', (id, status, reason) => {
    const error = new MultipleErrors('failed', [new NetworkError('lost'), new ProtocolError(id)]);
    expect(kafkaOutcome(error, 'events')).toMatchObject({ status, reason });
  });

  test('knows a missing topic, and a broker that is not there', () => {
    expect(kafkaOutcome(new UserError('Unknown topic events.'), 'events').reason).toBe('not_found');
    expect(kafkaOutcome(new NetworkError('lost', { cause: new Error('ECONNREFUSED') }), 'events')).toMatchObject({
      status: 'retry',
      reason: 'unreachable',
      problem: 'send to topic events: lost: ECONNREFUSED',
    });
  });

  test('sends again after what it does not know', () => {
    expect(kafkaOutcome(new TypeError('odd'), 'events')).toMatchObject({ status: 'retry', reason: 'other' });
    expect(kafkaOutcome('thrown', 'events').problem).toContain('thrown');
  });
});
