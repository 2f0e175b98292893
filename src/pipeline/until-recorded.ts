import type { Failure } from '../component/sink.ts';
import { messageOf } from '../core/errors.ts';
import { backoff } from '../util/backoff.ts';
import type { CircuitOptions } from './circuit.ts';

export interface RecordingOptions {
  readonly retry: CircuitOptions;
  /** Told of every attempt that failed. */
  readonly onFailure: (failure: Failure, items: number) => void;
}

/**
 * Tries until a dead letter is recorded: one that is not would be a lost event. Whether it was, before `stopping` was
 * aborted.
 */
export async function untilRecorded(
  record: () => Promise<void>,
  { retry, onFailure }: RecordingOptions,
  stopping: AbortSignal,
): Promise<boolean> {
  const delays = backoff(retry);
  while (!stopping.aborted) {
    try {
      await record();
      return true;
    } catch (error) {
      onFailure({ reason: 'other', problem: `record a dead letter: ${messageOf(error)}` }, 1);
      await delays.wait(stopping);
    }
  }
  return false;
}
