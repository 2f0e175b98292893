import * as v from 'valibot';
import { text } from '../../config/fields.ts';
import { kafkaConnectionConfig } from '../../config/kafka-connection.ts';

/** Where records come from that another Tidings has written. */
export const kafkaSourceConfig = v.pipe(
  v.strictObject({
    ...kafkaConnectionConfig,
    group: v.optional(
      text('The consumer group. Each store wants one of its own: the members of a group share the records.', {
        pattern: /^[^\s]{1,255}$/,
        wanted: 'up to 255 characters without spaces',
      }),
      'tidings',
    ),
  }),
  v.description(
    'The topic to read with `from: kafka`: what the sink `kafka` of another Tidings wrote, in the format `tidings`.',
  ),
);

export type KafkaSourceConfig = v.InferOutput<typeof kafkaSourceConfig>;
