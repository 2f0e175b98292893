/** How brokers of Kafka are reached, by those who write to them and those who read from them. */
import { subscribe } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';
import { isIP } from 'node:net';
import * as v from 'valibot';
import { choice, secret, string, text } from './fields.ts';
import { type TlsOptions, tlsConfig } from './tls-files.ts';

export const kafkaConnectionConfig = {
  brokers: v.pipe(
    v.array(
      text('The address of a broker.', {
        pattern: /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):\d{1,5}$/,
        wanted: 'an address such as kafka.example.com:9092',
      }),
    ),
    v.minLength(1, 'found an empty list, want at least one broker'),
    v.description('Brokers to ask for the others. One that answers is enough.'),
  ),
  // https://github.com/apache/kafka/blob/4.3.1/clients/src/main/java/org/apache/kafka/common/internals/Topic.java
  topic: text('The topic.', {
    pattern: /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/,
    wanted: 'up to 249 of the characters a-z A-Z 0-9 . _ -',
  }),
  clientId: v.optional(string('What Tidings calls itself in the logs and quotas of the brokers.'), 'tidings'),
  tls: v.exactOptional(tlsConfig),
  sasl: v.exactOptional(
    v.pipe(
      v.strictObject({
        mechanism: choice(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'], 'How the password is proved.'),
        username: string('The user.'),
        password: secret('The password.'),
      }),
      v.description('Who Tidings is to the brokers. Without `tls`, PLAIN sends the password readable to the network.'),
    ),
  ),
};

export type KafkaConnectionConfig = v.InferOutput<v.StrictObjectSchema<typeof kafkaConnectionConfig, undefined>>;

const CONNECT_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 15_000;
/** For a new leader to be found; what lasts longer, the caller tries again. Producers take less than two for infinite. */
const RETRIES = 2;
const RETRY_DELAY_MS = 250;

/** What every client of `@platformatic/kafka` is made with. */
export function kafkaClientOptions(config: KafkaConnectionConfig, tls: TlsOptions | undefined) {
  const { brokers, clientId, sasl, tls: { serverName } = {} } = config;
  return {
    clientId,
    bootstrapBrokers: [...brokers],
    connectTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retries: RETRIES,
    retryDelay: RETRY_DELAY_MS,
    ...(tls && { tls, tlsServerName: serverName === undefined && brokers.every(isNamed) }),
    ...(sasl && { sasl }),
  };
}

/**
 * The library listens to the first error of a connection alone, and whoever is turned away gets two: the answer, and the
 * connection that the broker resets. The second would end the process. The first has been told to whoever asked.
 */
subscribe('plt:kafka:instances', (message) => {
  const { type, instance } = message as { readonly type: string; readonly instance: unknown };
  if (type === 'connection' && instance instanceof EventEmitter) instance.on('error', () => {});
});

/** SNI knows no addresses: https://www.rfc-editor.org/rfc/rfc6066#section-3 */
function isNamed(broker: string): boolean {
  return !broker.startsWith('[') && isIP(broker.slice(0, broker.lastIndexOf(':'))) === 0;
}
