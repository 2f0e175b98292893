import { tidings } from '../api/tidings.ts';
import type { WorkState } from './work.ts';

/** What is sent again: by last seen, and what the filter lets through. */
export interface ReplayRequest {
  readonly from: string;
  readonly to: string;
  readonly q?: string;
  readonly cel?: string;
}

export interface ReplayCount {
  /** Revisions, before the routes. */
  readonly records: number;
  /** Not all of them were counted. */
  readonly atLeast: boolean;
}

export function replayName(sink: string): string {
  return `replay ${sink}`;
}

/** How many it would be; nothing is sent. */
export async function countReplay(sink: string, request: ReplayRequest, signal: AbortSignal): Promise<ReplayCount> {
  for await (const { records = 0, atLeast = false, problem } of tidings.replay(
    sink,
    { ...request, dryRun: true },
    { signal },
  )) {
    if (problem) throw new Error(problem.detail);
    return { records, atLeast };
  }
  throw new Error('');
}

/** It ends with the connection, and so with the page. */
export function replayAll(sink: string, request: ReplayRequest, of: number | undefined) {
  return async (report: (state: Partial<WorkState>) => void, signal: AbortSignal): Promise<void> => {
    report({ of });
    for await (const { progress, problem } of tidings.replay(sink, { ...request }, { signal })) {
      if (problem) report({ problem: problem.detail });
      if (!progress) continue;
      const { delivered, rejected, filtered } = progress;
      report({
        done: delivered + rejected + filtered,
        counts: { taken: delivered, ...(rejected > 0 && { rejected }), ...(filtered > 0 && { filtered }) },
        problem: progress.problem?.problem,
      });
    }
  };
}
