import { useQueries } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { ApiProblem } from '../../../src/api/json/client.ts';
import { lowerOver } from '../answer/lower-over.ts';
import { problemWords } from '../api/problem-words.ts';
import { mergedGaps } from '../chart/gaps.ts';
import { useChangeState, useClock, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { useIsPhone } from '../theme/use-is-phone.ts';
import { TimelineChart } from '../timeline/timeline-chart.ts';
import { timelineRows } from '../timeline/timeline-rows.ts';
import { livesOf, nodesOf } from './lives.ts';
import { type ObjectAnswer, objectQuestion } from './object-question.ts';
import { rangeOfAnswer } from './object-steps.ts';
import '../timeline/lane-labels.css';
import '../timeline/timeline.css';

const RULER_HEIGHT = 26;
const LANE_HEIGHT = 24;
const PHONE_LANE_HEIGHT = 44;
/** More of them scroll in their own box. */
const LANES_IN_VIEW = 14;
/** Of a workload that runs everywhere, what happened to nodes is for the timeline. */
const MOST_NODES = 4;

/** When it was there, what happened to each of its incarnations, and to the nodes below. */
export function LivesPanel({ answer }: { readonly answer: ObjectAnswer }) {
  const texts = useTexts();
  const { t } = texts;
  const isPhone = useIsPhone();
  const nodes = nodesOf(answer.data);
  const asked = useNodes(nodes.slice(0, MOST_NODES));
  const known = asked.known;
  const rows = useMemo(() => {
    const lower = [answer, ...known].map(lowerOver);
    const lives = livesOf(
      answer.data,
      known.map(({ data }) => data),
    );
    return timelineRows(lives, (stretch) => lower.some((isLower) => isLower(stretch)));
  }, [answer, known]);
  const box = useChart(answer, rows);
  const lanes = Math.min(rows.lanes.length, LANES_IN_VIEW);
  const height = RULER_HEIGHT + lanes * (isPhone ? PHONE_LANE_HEIGHT : LANE_HEIGHT) + 1;
  return (
    <section aria-labelledby="lives-title">
      <h2 id="lives-title">{t('timeline')}</h2>
      <div className="lives">
        <div className="lanes" ref={box} style={{ height }} />
      </div>
      {nodes.length > MOST_NODES && <p className="quiet">{t('moreNodes', { n: nodes.length - MOST_NODES })}</p>}
      {asked.error && (
        <p className="quiet" role="status">
          {asked.error instanceof ApiProblem && asked.error.details.status === 403
            ? t('nodesForbidden')
            : t('failed', { problem: problemWords(asked.error, texts) })}
        </p>
      )}
    </section>
  );
}

/** What happened to the nodes themselves, whatever is asked of the object. */
function useNodes(names: readonly string[]) {
  const { from, to, tz, ns } = usePageState();
  return useQueries({
    queries: names.map((name) =>
      objectQuestion({ kind: 'Node', namespace: '', name, isWorkload: false }, { from, to, tz, ns, q: '' }),
    ),
    combine: combined,
  });
}

interface Asked {
  readonly data: ObjectAnswer | undefined;
  readonly error: Error | null;
}

function combined(results: readonly Asked[]) {
  return {
    known: results.flatMap(({ data }) => (data ? [data] : [])),
    error: results.find(({ error }) => error !== null)?.error,
  };
}

/** Drawn by hand, in a box that scrolls with the page. */
function useChart(answer: ObjectAnswer, base: ReturnType<typeof timelineRows>) {
  const texts = useTexts();
  const clock = useClock();
  const isPhone = useIsPhone();
  const { win, sel } = usePageState();
  const change = useChangeState();
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<TimelineChart>(null);
  const acts = useRef(change);
  useEffect(() => {
    acts.current = change;
  }, [change]);
  useEffect(() => {
    const host = box.current;
    if (!host) return undefined;
    const drawn = new TimelineChart(host, {
      onMove() {},
      onRest: (rested) => acts.current({ win: rested }),
      onPin: (id) => acts.current({ sel: id }),
      onToggle() {},
    });
    chart.current = drawn;
    // The wheel alone moves the page, also over the lanes.
    const listening = new AbortController();
    const around = host.parentElement;
    around?.addEventListener('wheel', leaveToPage, { capture: true, signal: listening.signal });
    return () => {
      listening.abort();
      drawn.close();
    };
  }, []);
  useEffect(() => {
    const range = rangeOfAnswer(answer);
    chart.current?.show({
      base,
      closer: undefined,
      shown: base.lanes.map((_, lane) => ({ lane, depth: 0 as const })),
      range,
      gaps: mergedGaps(answer.coverage.gaps, range),
      // They would cover the few lanes there are; the pointer and the title tell.
      gapWords: () => '',
      clock,
      texts,
      win,
      sel,
      isFit: false,
      isPhone,
      isBracketed: false,
    });
  }, [answer, base, texts, clock, isPhone, win, sel]);
  return box;
}

function leaveToPage(event: WheelEvent): void {
  const isTime = event.ctrlKey || event.metaKey || event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
  if (!isTime) event.stopPropagation();
}
