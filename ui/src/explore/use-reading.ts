import type { UIEvent } from 'react';
import { useLive } from '../live/live.tsx';
import { usePageState } from '../state/use-page-state.ts';

/** A move that is smaller is none. */
const SCROLLED_PX = 28;

/** What comes in live waits while somebody reads: scrolled away, or with text selected. Back at the top it goes on. */
export function useReading() {
  const { sel } = usePageState();
  const { status, isPaused, pause, resume } = useLive();
  return {
    onScroll({ currentTarget: { scrollTop } }: UIEvent<HTMLElement>) {
      if (status === 'off') return;
      if (!isPaused && scrollTop > SCROLLED_PX) pause();
      if (isPaused && scrollTop === 0 && sel === '') resume();
    },
    onPointerUp() {
      if (getSelection()?.type === 'Range') pause();
    },
  };
}
