import { useEffect, useMemo, useRef } from 'react';
import '../chart/chart.css';
import { stepWords } from '../answer/step-words.ts';
import { useChangeState, useClock } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { asked, type TimeRange } from '../time/time-range.ts';
import type { ObjectSteps } from './object-steps.ts';
import { StepStrip } from './step-strip.ts';

interface StripProps {
  readonly kind: 'state' | 'counts';
  readonly steps: ObjectSteps | undefined;
  /** What it shows in words. Of the state strip alone, which arrows read step by step. */
  readonly label?: string;
}

/** The box keeps its height whatever is in it. */
export function Strip({ kind, steps, label }: StripProps) {
  const texts = useTexts();
  const clock = useClock();
  const change = useChangeState();
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<StepStrip>(null);
  const choose = useRef((_range: TimeRange) => {});
  useEffect(() => {
    choose.current = (range) => change({ ...asked(range), win: '' });
  }, [change]);
  const view = useMemo(() => {
    if (!steps) return undefined;
    const shown = { ...steps, names: steps.severities.map((severity) => texts.t(severity)) };
    return { steps, clock, describe: (step: number) => stepWords(shown, step, texts, clock) };
  }, [steps, texts, clock]);
  useEffect(() => {
    const host = box.current;
    if (!host) return undefined;
    const strip = new StepStrip(host, {
      kind,
      onChoose: (range) => choose.current(range),
      onSay(words, step) {
        if (kind === 'counts') return;
        host.setAttribute('aria-valuenow', String(step));
        host.setAttribute('aria-valuetext', words);
      },
    });
    drawn.current = strip;
    return () => strip.close();
  }, [kind]);
  useEffect(() => {
    if (view) drawn.current?.show(view);
  }, [view]);
  if (kind === 'counts') return <div className="chart step-strip" data-kind={kind} ref={box} />;
  return (
    <div
      className="chart step-strip"
      data-kind={kind}
      ref={box}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={31}
      aria-valuenow={0}
      aria-valuetext={label}
    />
  );
}
