import type { ClusterTopicMetadata, Consumer } from '@platformatic/kafka';
import { kafkaClientOptions } from '../../config/kafka-connection.ts';
import { kafkaProblem } from '../../config/kafka-problem.ts';
import { TlsFiles } from '../../config/tls-files.ts';
import type { KafkaSourceConfig } from './config.ts';

export type Topic = Pick<ClusterTopicMetadata, 'id' | 'partitionsCount'>;

/** What the client knows of it, some seconds old. */
export async function describeTopic(consumer: Consumer, topic: string): Promise<Topic> {
  const { topics } = await consumer.metadata({ topics: [topic] });
  return topics.get(topic) ?? { id: '', partitionsCount: 0 };
}

/** Asks the brokers for the topic, and rejects with why that cannot be read. Nobody else notices. */
export async function checkTopic(config: KafkaSourceConfig): Promise<void> {
  const tls = await (config.tls && new TlsFiles(config.tls, Date.now).options());
  const { Consumer: Client } = await import('@platformatic/kafka');
  const consumer = new Client({ ...kafkaClientOptions(config, tls), groupId: config.group });
  // What goes wrong, the answer says too.
  consumer.on('error', () => {});
  try {
    await describeTopic(consumer, config.topic);
  } catch (error) {
    throw new Error(kafkaProblem(error), { cause: error });
  } finally {
    await consumer.close(true);
  }
}
