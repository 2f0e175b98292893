import { Producer } from '@platformatic/kafka';
import { describe, expect, test } from 'vitest';
import { kafkaBroker } from '../../test/helpers/kafka-broker.ts';
import { kafkaClientOptions } from './kafka-connection.ts';

describe('kafkaClientOptions', () => {
  test('makes clients of which a connection may fail twice', async () => {
    const { address, state } = await kafkaBroker();
    state.createTopic('events');
    const producer = new Producer(
      kafkaClientOptions({ brokers: [address], topic: 'events', clientId: 'tidings' }, undefined),
    );
    const connections: { emit(name: 'error', error: Error): boolean }[] = [];
    producer.connections.on('connecting', ({ connection }: { connection: (typeof connections)[number] }) => {
      connections.push(connection);
    });
    await producer.metadata({ topics: ['events'] });
    const [connection] = connections;
    expect(connection?.emit('error', new Error('refused'))).toBe(true);
    expect(connection?.emit('error', new Error('read ECONNRESET'))).toBe(true);
    await producer.close();
  });
});
