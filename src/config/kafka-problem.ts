import { messageOf } from '../core/errors.ts';
import { connectionProblem } from '../util/connection-problem.ts';
import { TLS_ADVICE } from './tls-files.ts';

/** What a client of Kafka came to, in words for an operator: what it did, and what is at the bottom of it. */
export function kafkaProblem(error: unknown): string {
  // Attempts repeat one another.
  if (error instanceof AggregateError && error.errors.length > 0)
    return [...new Set(error.errors.map(kafkaProblem))].join('; ');
  const cause = error instanceof Error ? error.cause : undefined;
  const found = isOfClient(error) ? messageOf(error).replace(/\.$/, '') : connectionWords(error);
  return cause === undefined ? found : `${found}: ${kafkaProblem(cause)}`;
}

/** An error that the client made, not one of Node's that it came from. */
function isOfClient(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('PLT_KFK_');
}

function connectionWords(error: unknown): string {
  const { found, hint, certificate } = connectionProblem(error);
  const advice = hint ?? (certificate && TLS_ADVICE[certificate]);
  return advice === undefined ? found : `${found}. ${advice}`;
}
