/**
 * What takes its time and goes on while its reader looks elsewhere in the page: kept outside of React. Nothing of it
 * outlives the page.
 */
/** What became of what was worked on, by the name of its text. */
export type CountKey = 'taken' | 'refusedAgain' | 'rejected' | 'filtered';

export interface WorkState {
  readonly isRunning: boolean;
  /** How far it is, of how many; absent where that is not known. */
  readonly done: number;
  readonly of: number | undefined;
  readonly counts: Readonly<Partial<Record<CountKey, number>>>;
  /** Why it does not go on, or ended before its time. */
  readonly problem: string | undefined;
}

type Report = (state: Partial<WorkState>) => void;

const STATES = new Map<string, WorkState>();
const STOPS = new Map<string, AbortController>();
const LISTENERS = new Set<() => void>();

/** By name: a second one takes the place of what is over, and waits for nothing. Never rejects. */
export async function work(
  name: string,
  run: (report: Report, signal: AbortSignal) => Promise<void>,
  wordsOf: (error: Error) => string,
): Promise<void> {
  if (STATES.get(name)?.isRunning) return;
  const stop = new AbortController();
  STOPS.set(name, stop);
  const report: Report = (state) => set(name, { ...(STATES.get(name) ?? BEGINNING), ...state });
  set(name, BEGINNING);
  try {
    await run(report, stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) report({ problem: wordsOf(error as Error) });
  }
  report({ isRunning: false });
}

const BEGINNING: WorkState = { isRunning: true, done: 0, of: undefined, counts: {}, problem: undefined };

export function stopWork(name: string): void {
  STOPS.get(name)?.abort();
}

export function forgetWork(name: string): void {
  STATES.delete(name);
  for (const listener of LISTENERS) listener();
}

export function workState(name: string): WorkState | undefined {
  return STATES.get(name);
}

export function onWork(listener: () => void): () => void {
  LISTENERS.add(listener);
  return () => LISTENERS.delete(listener);
}

function set(name: string, state: WorkState): void {
  STATES.set(name, state);
  for (const listener of LISTENERS) listener();
}
