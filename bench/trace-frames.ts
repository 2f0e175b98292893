/** What Chromium's own trace says of frames. https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU */

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly ts: number;
  readonly dur?: number;
  /** Of the processor alone: what other programs on the machine take is not in it. */
  readonly tdur?: number;
}

/** Milliseconds of processor that tasks of the main thread took from one animation frame to the next. */
export function frameCosts(trace: string): readonly number[] {
  const { traceEvents } = JSON.parse(trace) as { readonly traceEvents: readonly TraceEvent[] };
  const frames = traceEvents.filter(({ name, ph }) => name === 'FireAnimationFrame' && ph === 'X');
  const [first] = frames;
  if (!first) throw new Error('read a trace: found no animation frame, want some');
  const isOurs = ({ pid, tid }: TraceEvent) => pid === first.pid && tid === first.tid;
  const tasks = traceEvents
    .filter((event) => event.name === 'RunTask' && isOurs(event))
    .toSorted((a, b) => a.ts - b.ts);
  // Each task in which callbacks ran begins a frame; several callbacks of one frame run in one task.
  const begins = tasks.filter((task) => frames.some(({ ts }) => ts >= task.ts && ts <= task.ts + (task.dur ?? 0)));
  return begins.slice(0, -1).map((task, place) => {
    const end = begins[place + 1]?.ts ?? 0;
    const within = tasks.filter(({ ts }) => ts >= task.ts && ts < end);
    return within.reduce((sum, { tdur = 0 }) => sum + tdur, 0) / 1_000;
  });
}
