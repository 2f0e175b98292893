import { useEffect, useMemo, useRef } from 'react';
import { gapWords } from '../answer/gap-words.ts';
import type { Gap } from '../chart/gaps.ts';
import { useChangeState, useClock, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { useIsPhone } from '../theme/use-is-phone.ts';
import type { TimeRange } from '../time/time-range.ts';
import { ContextStrip } from './context-strip.ts';
import { openLanes, withToggled } from './open-lanes.ts';
import { fittedLanes, shownLanes } from './shown-lanes.ts';
import { stripCounts } from './strip-counts.ts';
import { TimelineChart } from './timeline-chart.ts';
import type { TimelineRows } from './timeline-rows.ts';
import type { TimelineView } from './timeline-view.ts';
import '../chart/chart.css';

export interface TimelinePanelProps {
  readonly base: TimelineRows;
  readonly closer: TimelineView['closer'];
  readonly range: TimeRange;
  readonly gaps: readonly Gap[];
  readonly onMove: (window: TimeRange) => void;
  /** What is drawn, for keys and buttons; null when it is gone. */
  readonly onDrawn: (chart: TimelineChart | null) => void;
}

const STRIP_STEPS = 180;
const PHONE_STRIP_STEPS = 60;

/** What is drawn by hand: everything that changes with a frame stays in there. */
export function TimelinePanel({ base, closer, range, gaps, onMove, onDrawn }: TimelinePanelProps) {
  const texts = useTexts();
  const clock = useClock();
  const isPhone = useIsPhone();
  const state = usePageState();
  const { group, open, fit, win, sel } = state;
  const host = useRef<HTMLDivElement>(null);
  const stripBox = useRef<HTMLDivElement>(null);
  const strip = useRef<ContextStrip>(null);
  const chart = useRef<TimelineChart>(null);
  const actions = useActions(onMove);
  useEffect(() => {
    if (!host.current || !stripBox.current) return undefined;
    const drawnStrip = new ContextStrip(stripBox.current, {
      onMove: (window) => drawn.moveTo(window),
      onChoose: (window) => drawn.goTo(window),
    });
    const drawn = new TimelineChart(host.current, {
      onMove(window) {
        drawnStrip.showWindow(window);
        actions.current.move(window);
      },
      onRest: (rested) => actions.current.rest(rested),
      onPin: (id) => actions.current.pin(id),
      onToggle: (lane) => actions.current.toggle(lane),
    });
    chart.current = drawn;
    onDrawn(drawn);
    strip.current = drawnStrip;
    return () => {
      onDrawn(null);
      drawn.close();
      drawnStrip.close();
    };
  }, [actions, onDrawn]);

  const isFit = fit === '1';
  const shown = useMemo(
    () => (isFit ? fittedLanes(base.lanes) : shownLanes(base.lanes, { group, open: openLanes(open) })),
    [base, isFit, group, open],
  );
  useEffect(() => {
    const isBracketed = isFit && group === 'workload';
    chart.current?.show({
      base,
      closer,
      shown,
      range,
      gaps,
      clock,
      texts,
      win,
      sel,
      isFit,
      isPhone,
      isBracketed,
      gapWords: (gap) => gapWords([gap], gap, texts) ?? '',
    });
  }, [base, closer, shown, range, gaps, clock, texts, win, sel, isFit, isPhone, group]);
  useEffect(() => {
    const counts = stripCounts(base, range, isPhone ? PHONE_STRIP_STEPS : STRIP_STEPS);
    strip.current?.show({ ...counts, gaps, clock });
  }, [base, range, gaps, clock, isPhone]);
  return (
    <>
      <div className="context-strip" ref={stripBox} />
      <div className="lanes" id="content" ref={host} />
    </>
  );
}

/** What the drawing says to the address, as it is now. */
function useActions(onMove: (window: TimeRange) => void) {
  const change = useChangeState();
  const { open } = usePageState();
  const actions = useRef({
    move: (_window: TimeRange) => {},
    rest: (_win: string) => {},
    pin: (_id: string) => {},
    toggle: (_lane: string) => {},
  });
  useEffect(() => {
    actions.current = {
      move: onMove,
      rest: (win) => change({ win }),
      pin: (sel) => change({ sel }),
      toggle: (lane) => change({ open: withToggled(open, lane) }),
    };
  }, [change, open, onMove]);
  return actions;
}
