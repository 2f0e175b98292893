import { useCallback, useEffect, useRef } from 'react';
import { useClock } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import type { TimeRange } from '../time/time-range.ts';

/** Nobody reads faster, and every text is a layout. */
const EVERY_MS = 250;

/** Where what is in view is written, so often that it can be read, and what is called when it changes. */
export function useWindowWords() {
  const { duration } = useTexts();
  const clock = useClock();
  const output = useRef<HTMLSpanElement>(null);
  const shown = useRef<TimeRange>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const write = useCallback(() => {
    timer.current = undefined;
    if (!output.current || !shown.current) return;
    const { from, to } = shown.current;
    output.current.textContent = `${clock.span(from, to)} · ${duration(to - from)}`;
  }, [clock, duration]);
  useEffect(() => {
    write();
    return () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [write]);
  const onMove = useCallback(
    (window: TimeRange) => {
      const isFirst = shown.current === undefined;
      shown.current = window;
      if (isFirst) write();
      else timer.current ??= setTimeout(write, EVERY_MS);
    },
    [write],
  );
  return { output, onMove };
}
