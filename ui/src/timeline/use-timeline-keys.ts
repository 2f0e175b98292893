import type { RefObject } from 'react';
import { useEffect } from 'react';
import { useCopyLink } from '../share/use-copy-link.ts';
import { areKeysOn, useKeys } from '../shell/keys.ts';
import { useChangeState, usePageState } from '../state/use-page-state.ts';
import type { TimelineChart } from './timeline-chart.ts';

const SMALL_PAN = 0.15;
const LARGE_PAN = 0.5;

export function useTimelineKeys(chart: RefObject<TimelineChart | null>, onTable: () => void): void {
  const { fit } = usePageState();
  const change = useChangeState();
  const copyLink = useCopyLink();
  const pan = (direction: number) => (event: KeyboardEvent) =>
    chart.current?.pan(direction * (event.shiftKey ? LARGE_PAN : SMALL_PAN));
  const closer = () => chart.current?.zoom(1 / 2);
  useKeys({
    ArrowLeft: pan(-1),
    ArrowRight: pan(1),
    ArrowUp: () => chart.current?.step(-1),
    ArrowDown: () => chart.current?.step(1),
    '+': closer,
    '=': closer,
    '-': () => chart.current?.zoom(2),
    '0': () => chart.current?.goTo(undefined),
    f: () => change({ fit: fit === '1' ? '' : '1' }),
    n: () => chart.current?.jump(1),
    p: () => chart.current?.jump(-1),
    t: onTable,
    e: copyLink,
    Escape: () => change({ sel: '' }),
  });
  useEffect(() => {
    // On a button Enter is that button's own.
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Enter' && event.target === document.body && areKeysOn()) chart.current?.toggle();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [chart]);
}
