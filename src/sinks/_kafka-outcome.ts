/** What an error of the Kafka client says about the records that were sent. */
import type { FailureReason, Outcome } from '../component/sink.ts';
import { messageOf } from '../core/errors.ts';
import { errorCauses } from '../util/error-causes.ts';

type Failed = Exclude<Outcome, { readonly status: 'ok' }>;

/** By the names of https://kafka.apache.org/43/design/protocol/#protocol_error_codes */
const REASONS: Readonly<Record<string, FailureReason>> = {
  MESSAGE_TOO_LARGE: 'too_large',
  RECORD_LIST_TOO_LARGE: 'too_large',
  INVALID_RECORD: 'invalid',
  UNKNOWN_TOPIC_OR_PARTITION: 'not_found',
  UNKNOWN_TOPIC_ID: 'not_found',
  INVALID_TOPIC_EXCEPTION: 'not_found',
  TOPIC_AUTHORIZATION_FAILED: 'unauthorized',
  CLUSTER_AUTHORIZATION_FAILED: 'unauthorized',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'unauthorized',
  SASL_AUTHENTICATION_FAILED: 'unauthorized',
  UNSUPPORTED_SASL_MECHANISM: 'unauthorized',
  ILLEGAL_SASL_STATE: 'unauthorized',
  THROTTLING_QUOTA_EXCEEDED: 'rate_limited',
  REQUEST_TIMED_OUT: 'timeout',
};

/** What cannot become right by trying again. */
const HOPELESS: ReadonlySet<FailureReason> = new Set(['too_large', 'invalid']);
const MAX_PROBLEM = 1_000;

/** `topic` tells where they were sent; nothing else of the settings is shown. */
export function kafkaOutcome(error: unknown, topic: string): Failed {
  // What happened at each attempt, broker and partition.
  const causes = errorCauses(error);
  const known = causes.map((cause) => [cause, reasonOf(cause)] as const);
  // Attempts follow one another: what came back in words says more than the connection that was closed after it.
  const [cause, reason = 'other'] = known.find(([, found]) => found !== undefined && found !== 'unreachable') ??
    known.find(([, found]) => found !== undefined) ??
    known.at(-1) ?? [error];
  const problem = `send to topic ${topic}: ${textOf(cause)}`.slice(0, MAX_PROBLEM);
  return { status: HOPELESS.has(reason) ? 'reject' : 'retry', reason, problem };
}

function reasonOf(error: unknown): FailureReason | undefined {
  const { apiId, code } = propertiesOf(error);
  if (apiId !== undefined) return REASONS[apiId] ?? 'server_error';
  if (code === 'PLT_KFK_AUTHENTICATION') return 'unauthorized';
  if (code === 'PLT_KFK_TIMEOUT') return 'timeout';
  // The client asks for the topic before it sends, and leaves nothing but these words of the answer.
  if (code === 'PLT_KFK_USER' && error instanceof Error && error.message.startsWith('Unknown topic '))
    return 'not_found';
  // Also what TLS finds wrong with the other side.
  return code === 'PLT_KFK_NETWORK' ? 'unreachable' : undefined;
}

function propertiesOf(error: unknown): { readonly apiId?: string | undefined; readonly code?: string | undefined } {
  if (typeof error !== 'object' || error === null) return {};
  const text = (name: string): string | undefined => {
    const value: unknown = Reflect.get(error, name);
    return typeof value === 'string' ? value : undefined;
  };
  return { apiId: text('apiId'), code: text('code') };
}

function textOf(error: unknown): string {
  const { apiId } = propertiesOf(error);
  const causes = errorCauses(error).map(messageOf);
  const message = [...new Set(causes)].join(': ');
  return apiId === undefined ? message : `${apiId}: ${message}`;
}
