import type { ClusterTopicMetadata, Consumer } from '@platformatic/kafka';
import { kafkaClientOptions } from '../../config/kafka-connection.ts';
import { TlsFiles } from '../../config/tls-files.ts';
import { messageOf } from '../../core/errors.ts';
import { errorCauses } from '../../util/error-causes.ts';
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
  try {
    await describeTopic(consumer, config.topic);
  } catch (error) {
    throw new Error(kafkaProblem(error), { cause: error });
  } finally {
    await consumer.close(true);
  }
}

/** What a client came to, in words. Attempts repeat one another. */
export function kafkaProblem(error: unknown): string {
  return [...new Set(errorCauses(error).map(messageOf))].join('; ');
}
