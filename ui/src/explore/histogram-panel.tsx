import { useEffect, useMemo, useRef } from 'react';
import type { HistogramAnswer } from '../api/questions.ts';
import { mergedGaps } from '../chart/gaps.ts';
import { Histogram } from '../chart/histogram.ts';
import '../chart/chart.css';
import { occurrencesWords } from '../answer/count-words.ts';
import { keyName, stepWords } from '../answer/step-words.ts';
import { useChangeState, useClock, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { asked, type TimeRange } from '../time/time-range.ts';
import { stackColours } from './colours.ts';

/** The box keeps its height whatever is in it, so that nothing below it moves. */
export function HistogramPanel({ answer }: { readonly answer: HistogramAnswer | undefined }) {
  const texts = useTexts();
  const clock = useClock();
  const { by } = usePageState();
  const change = useChangeState();
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<Histogram>(null);
  const choose = useRef((_range: TimeRange) => {});
  useEffect(() => {
    choose.current = (range) => change({ ...asked(range), win: '' });
  }, [change]);
  const view = useMemo(() => {
    if (!answer) return undefined;
    const { data, coverage, leftOut } = answer;
    const range = { from: Date.parse(answer.range.from), to: Date.parse(answer.range.to) };
    const shown = {
      range,
      start: Date.parse(data.start),
      stepMs: data.stepMs,
      counts: data.counts,
      colours: stackColours(by, data.keys),
      names: data.keys.map((key) => keyName(key, by === 'severity', texts)),
      gaps: mergedGaps(coverage.gaps, range),
      lower: data.lower,
      countedFrom: leftOut?.before === undefined ? undefined : Date.parse(leftOut.before),
    };
    const describe = (step: number) => stepWords(shown, step, texts, clock);
    return { ...shown, clock, compact: texts.compact, describe };
  }, [answer, by, texts, clock]);
  useEffect(() => {
    if (!box.current) return undefined;
    const histogram = new Histogram(box.current, { onChoose: (range) => choose.current(range) });
    drawn.current = histogram;
    return () => histogram.close();
  }, []);
  useEffect(() => {
    if (view) drawn.current?.show(view);
  }, [view]);
  return (
    <div
      className="chart histogram"
      ref={box}
      role="slider"
      tabIndex={0}
      aria-label={texts.t('overTime')}
      aria-valuemin={0}
      aria-valuemax={0}
      aria-valuenow={0}
      aria-valuetext={answer ? occurrencesWords(answer.data.total, answer.lowerBound, texts) : texts.t('loading')}
    />
  );
}
