import { randomUUID } from 'node:crypto';
import {
  type BaseOptions,
  Consumer,
  Producer,
  SASLMechanisms,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka';
import { describe, expect, test } from 'vitest';
// Clients that are turned away must not end the tests either.
import '../../src/config/kafka-connection.ts';
import { lackingServers } from '../helpers/require-component.ts';
import { useServer } from '../helpers/server.ts';
import { startKafka } from './kafka.ts';

type Connection = Pick<BaseOptions, 'bootstrapBrokers' | 'tls' | 'sasl'>;

async function write(connection: Connection, topic: string, value: string): Promise<void> {
  const producer = new Producer({
    ...connection,
    clientId: 'writer',
    idempotent: true,
    autocreateTopics: true,
    // An idempotent producer repeats for ever unless it is told not to.
    retries: 3,
    retryDelay: 100,
    serializers: stringSerializers,
  });
  try {
    await producer.send({ messages: [{ topic, value }] });
  } finally {
    await producer.close();
  }
}

/** So many values of a topic, from its beginning. */
async function read(connection: Connection, topic: string, count: number): Promise<readonly string[]> {
  const consumer = new Consumer({
    ...connection,
    clientId: 'reader',
    groupId: randomUUID(),
    deserializers: stringDeserializers,
  });
  try {
    const messages = await consumer.consume({ topics: [topic], mode: 'earliest', maxWaitTime: 100 });
    const values: string[] = [];
    for await (const { value } of messages) {
      values.push(value);
      if (values.length === count) break;
    }
    return values.toSorted();
  } finally {
    await consumer.close(true);
  }
}

describe.skipIf(lackingServers('kafka'))('startKafka', () => {
  const kafka = useServer(startKafka);
  const plain = (): Connection => ({ bootstrapBrokers: [kafka().plainBroker] });
  const secure = (mechanism: 'PLAIN' | 'SCRAM_SHA_256' | 'SCRAM_SHA_512', password = kafka().password): Connection => ({
    bootstrapBrokers: [kafka().secureBroker],
    tls: { ca: kafka().ca },
    sasl: { mechanism: SASLMechanisms[mechanism], username: kafka().username, password },
  });

  test('keeps what was written through a restart and through a kill', async () => {
    const topic = randomUUID();
    await write(plain(), topic, 'first');
    expect(await read(plain(), topic, 1)).toEqual(['first']);

    await kafka().restart();
    await write(plain(), topic, 'second');
    expect(await read(plain(), topic, 2)).toEqual(['first', 'second']);

    await kafka().kill();
    await expect(write(plain(), topic, 'lost')).rejects.toThrow('initProducerId failed');
    await kafka().restart();
    await write(plain(), topic, 'third');
    expect(await read(plain(), topic, 3)).toEqual(['first', 'second', 'third']);
  });

  test.each(['PLAIN', 'SCRAM_SHA_256', 'SCRAM_SHA_512'] as const)(
    'takes %s over TLS, with the right password alone',
    async (mechanism) => {
      const topic = randomUUID();
      await write(secure(mechanism), topic, mechanism);
      expect(await read(plain(), topic, 1)).toEqual([mechanism]);
      await expect(write(secure(mechanism, 'wrong'), topic, 'refused')).rejects.toThrow('initProducerId failed');
    },
  );
});
