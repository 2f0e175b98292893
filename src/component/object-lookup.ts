import type { EventRecord } from '../core/record.ts';
import type { InvolvedObject } from './message.ts';

/** Finds out what is known of the objects that events are about. */
export interface ObjectLookup {
  /**
   * For each record, in their order: what is known of its object, or undefined when that could not be found out. Waits
   * for a bounded time only, and never rejects.
   */
  lookUp(records: readonly EventRecord[]): Promise<readonly (InvolvedObject | undefined)[]>;
  /** Ends everything, what is waited for too: that is then not found out. */
  close(): Promise<void>;
}
