import type { Batch } from '../../component/log.ts';
import type { Intake } from '../../component/source.ts';
import { messageOf } from '../../core/errors.ts';
import type { Scope } from '../../core/record.ts';
import type { SourceMetrics } from './source-metrics.ts';

export interface HandoverOptions {
  readonly cluster: string;
  readonly scope: Scope;
  readonly intake: Intake;
  readonly metrics: SourceMetrics;
}

/**
 * Hands one scope's batch over, and resolves when there is room for more. Rejects when the signal is aborted first:
 * stopping does not wait for a store that cannot be written, and what is not committed is not in the position either.
 */
export async function handOver(
  options: HandoverOptions,
  batch: Omit<Batch, 'cluster' | 'scope'>,
  bytes: number,
  signal: AbortSignal,
): Promise<void> {
  const { cluster, scope, intake, metrics } = options;
  for (const { cause } of batch.breaks ?? []) metrics.broke(cause);
  await settledOrAborted(intake.offer({ ...batch, cluster, scope }, bytes), signal);
}

function settledOrAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new Error(`stopped: ${messageOf(signal.reason)}`));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
