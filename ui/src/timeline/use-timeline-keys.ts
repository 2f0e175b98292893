import { useEffect } from 'react';
import { useCopyLink } from '../share/use-copy-link.ts';
import { type Keys, useKeys } from '../shell/keys.ts';
import { useChangeState, usePageState } from '../state/use-page-state.ts';
import type { TimelineChart } from './timeline-chart.ts';

const SMALL_PAN = 0.15;
const LARGE_PAN = 0.5;

/** `chart`: null while none is drawn. What moves it is then nobody's: a table is scrolled by the same keys. */
export function useTimelineKeys(chart: TimelineChart | null, onTable: () => void): void {
  const { fit } = usePageState();
  const change = useChangeState();
  const copyLink = useCopyLink();
  useKeys({
    ...(chart && chartKeys(chart)),
    f: () => change({ fit: fit === '1' ? '' : '1' }),
    t: onTable,
    e: copyLink,
    Escape: () => change({ sel: '' }),
  });
  useEffect(() => {
    // On a button Enter is that button's own.
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Enter' && event.target === document.body) chart?.toggle();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [chart]);
}

function chartKeys(chart: TimelineChart): Keys {
  const pan = (direction: number) => (event: KeyboardEvent) =>
    chart.pan(direction * (event.shiftKey ? LARGE_PAN : SMALL_PAN));
  const closer = () => chart.zoom(1 / 2);
  return {
    ArrowLeft: pan(-1),
    ArrowRight: pan(1),
    ArrowUp: () => chart.step(-1),
    ArrowDown: () => chart.step(1),
    '+': closer,
    '=': closer,
    '-': () => chart.zoom(2),
    '0': () => chart.goTo(undefined),
    n: () => chart.jump(1),
    p: () => chart.jump(-1),
  };
}
