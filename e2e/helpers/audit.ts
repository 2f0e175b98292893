/** Holds what the API server acknowledged against what is stored. */
import type { Written } from './event-writer.ts';
import { type PrintedEvent, storedEvents } from './tidings.ts';
import { until } from './until.ts';

export interface Audit {
  /** Revisions the API server acknowledged. */
  readonly offered: number;
  /** Of those, how many are stored. */
  readonly stored: number;
  readonly missing: number;
  /** Revisions, whoever wrote them, that are stored more than once. */
  readonly twice: number;
  /** Events whose occurrences, at the last revision written, are not what was written. */
  readonly miscounted: number;
}

const SETTLED_MS = 45_000;

export const FLAWLESS = { missing: 0, twice: 0, miscounted: 0 } as const;

function keyOf(uid: string, resourceVersion: string): string {
  return `${uid}@${resourceVersion}`;
}

function audit(written: readonly Written[], revisions: readonly PrintedEvent[]): Audit {
  const stored = new Map(revisions.map((event) => [keyOf(event.metadata.uid, event.metadata.resourceVersion), event]));
  const offered = new Map(written.map((one) => [keyOf(one.uid, one.resourceVersion), one]));
  const missing = [...offered.keys()].filter((key) => !stored.has(key)).length;
  const last = new Map(written.map((one) => [one.uid, one]));
  const miscounted = [...last.values()].filter(({ uid, resourceVersion, count }) => {
    const event = stored.get(keyOf(uid, resourceVersion));
    return event !== undefined && event.tidings.count !== count;
  });
  return {
    offered: offered.size,
    stored: offered.size - missing,
    missing,
    twice: revisions.length - stored.size,
    miscounted: miscounted.length,
  };
}

/**
 * Waits until all of it is stored, or until nothing more has been stored for longer than a back-off lasts, and says how it
 * came out.
 */
export async function auditWhenSettled(dataDir: string, written: readonly Written[]): Promise<Audit> {
  let best: Audit | undefined;
  let changedAt = Date.now();
  return until(
    'the store does not change any more',
    async () => {
      const now = audit(written, await storedEvents(dataDir, '--revisions'));
      if (now.missing === 0) return now;
      if (best === undefined || now.stored > best.stored) changedAt = Date.now();
      best = now;
      return Date.now() - changedAt > SETTLED_MS && now;
    },
    300_000,
  );
}
