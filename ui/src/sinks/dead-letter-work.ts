import { tidings } from '../api/tidings.ts';
import type { WorkState } from './work.ts';

/** A destination is asked for each by itself: so many are waited for at once, so that there is progress to be seen. */
const TOGETHER = 10;

/** As many as the API takes in one call. */
const MOST_DROPPED = 1_000;

export function retryName(sink: string): string {
  return `retry ${sink}`;
}

/** Sends them again; what is refused again says why. */
export function retryLetters(sink: string, ids: readonly number[]) {
  return async (report: (state: Partial<WorkState>) => void, signal: AbortSignal): Promise<void> => {
    let [taken, refused] = [0, 0];
    report({ of: ids.length });
    for (let start = 0; start < ids.length && !signal.aborted; start += TOGETHER) {
      const { data } = await tidings.retryDeadLetters(sink, { ids: ids.slice(start, start + TOGETHER) }, { signal });
      const failed = data.flatMap(({ outcome }) => (outcome.status === 'ok' ? [] : [outcome.problem]));
      taken += data.length - failed.length;
      refused += failed.length;
      report({
        done: Math.min(ids.length, start + TOGETHER),
        counts: { taken, ...(refused > 0 && { refusedAgain: refused }) },
        ...(failed.length > 0 && { problem: failed[0] }),
      });
    }
  };
}

/** Forgets them. What rejects leaves those that come after. */
export async function dropLetters(sink: string, ids: readonly number[]): Promise<void> {
  for (let start = 0; start < ids.length; start += MOST_DROPPED)
    await tidings.dropDeadLetters(sink, { ids: ids.slice(start, start + MOST_DROPPED) });
}

/** Their records, a line each. */
export async function writtenLetters(ids: readonly number[]): Promise<string> {
  const lines: string[] = [];
  for (let start = 0; start < ids.length; start += TOGETHER) {
    const letters = await Promise.all(ids.slice(start, start + TOGETHER).map((id) => tidings.deadLetter(id)));
    for (const { data } of letters) lines.push(JSON.stringify(data));
  }
  return lines.join('\n');
}
