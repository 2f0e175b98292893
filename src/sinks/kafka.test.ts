import { MultipleErrors, NetworkError, ProtocolError, UserError } from '@platformatic/kafka';
import { describe, expect, test } from 'vitest';
import { describeSink } from '../../test/contract/sink.contract.ts';
import { kafkaBroker } from '../../test/helpers/kafka-broker.ts';
import { ErrorCode } from '../../test/helpers/kafka-broker-state.ts';
import { messageNumber, openSink, settingsOf } from '../../test/helpers/open-sink.ts';
import { kafkaOutcome } from './_kafka-outcome.ts';
import { kafkaSink } from './kafka.ts';

const PASSWORD = 'hidden-password';

describeSink(kafkaSink, async () => {
  const { address, state, hang } = await kafkaBroker();
  state.createTopic('events', 3);
  return {
    settings: `
brokers: ["${address}"]
topic: events
sasl: {mechanism: PLAIN, username: writer, password: ${PASSWORD}}
`,
    secrets: [PASSWORD],
    hang,
    refuse: () =>
      state.failures.set('SaslAuthenticate', {
        code: ErrorCode.SASL_AUTHENTICATION_FAILED,
        says: (request) => `found ${request}`,
      }),
  };
});

const NOWHERE = 'brokers: ["127.0.0.1:9092"]\ntopic: events\n';

describe('kafka', () => {
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

  test('sends a CloudEvent in binary mode as the event, with its attributes as headers', async () => {
    const { sink } = await openSink(kafkaSink, `${NOWHERE}format: cloudevents\ncontentMode: binary\n`);
    const message = messageNumber(7);
    const { value } = sink.encode(message);
    const { value: body, headers } = value as { value: Buffer; headers: Map<Buffer, Buffer> };
    expect(JSON.parse(String(body))).toMatchObject({ kind: 'Event' });
    const texts = Object.fromEntries([...headers].map(([name, text]) => [String(name), String(text)]));
    expect(texts).toMatchObject({ 'content-type': 'application/json', ce_specversion: '1.0', ce_id: message.key });
    expect(texts['tidings-key']).toBe(message.key);
    // Each once.
    expect(headers.size).toBe(Object.keys(texts).length);
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

  test('makes the UID of the event the key, where that is chosen', async () => {
    const { sink } = await openSink(kafkaSink, `${NOWHERE}key: event\n`);
    const message = messageNumber(7);
    expect(String((sink.encode(message).value as { key: Buffer }).key)).toBe(message.record.body.metadata.uid);
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

  test('sends again what no broker could be reached for, and goes on when one is there', async () => {
    const { address, state, stop, start } = await kafkaBroker();
    state.createTopic('events');
    await stop();
    const { deliver } = await openSink(kafkaSink, `brokers: ["${address}"]\ntopic: events\n`);
    const unreachable = { status: 'retry', reason: 'unreachable', problem: expect.stringContaining(address) };
    expect(await deliver(2)).toEqual([unreachable, unreachable]);
    await start();
    expect(await deliver(2)).toEqual([{ status: 'ok' }, { status: 'ok' }]);
    expect(state.topics.get('events')?.partitions[0]).toHaveLength(2);
  });

  test('halves a batch that is refused for one message, and rejects that alone', async () => {
    const { address, state } = await kafkaBroker();
    state.createTopic('events');
    state.maxBatchMessages = 2;
    const { deliver } = await openSink(kafkaSink, `brokers: ["${address}"]\ntopic: events\n`);
    expect(await deliver(5)).toEqual(Array.from({ length: 5 }, () => ({ status: 'ok' })));
    state.maxBatchMessages = 0;
    expect(await deliver(2)).toMatchObject([
      { status: 'reject', reason: 'too_large' },
      { status: 'reject', reason: 'too_large' },
    ]);
    expect(state.topics.get('events')?.partitions[0]).toHaveLength(5);
  });

  test('says how many partitions the topic has, or that there is none', async () => {
    const { address, state } = await kafkaBroker();
    const { sink } = await openSink(kafkaSink, `brokers: ["${address}"]\ntopic: events\n`);
    await expect(sink.check?.(new AbortController().signal)).rejects.toThrow('Unknown topic events');
    state.createTopic('events', 2);
    expect(await sink.check?.(new AbortController().signal)).toBe('topic events has 2 partitions');
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
