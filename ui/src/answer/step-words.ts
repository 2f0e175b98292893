import type { HistogramAnswer } from '../api/questions.ts';
import { type Gap, missedMs } from '../chart/gaps.ts';
import { type HistogramCounts, rangeOfSteps } from '../chart/histogram-layout.ts';
import type { TooltipContent } from '../chart/tooltip.ts';
import type { Texts } from '../text/texts.ts';
import type { Clock } from '../time/clock.ts';
import { countWords, occurrencesWords } from './count-words.ts';
import { gapWords } from './gap-words.ts';

interface Step extends HistogramCounts {
  readonly names: readonly string[];
  readonly colours: readonly string[];
  readonly gaps: readonly Gap[];
  /** By step: there may have been more. */
  readonly lower?: readonly boolean[];
  /** What was before it was not counted. */
  readonly countedFrom?: number | undefined;
}

/** Time, counts and coverage of one step: what a pointer shows and an arrow says. */
export function stepWords(shown: Step, step: number, texts: Texts, clock: Clock): TooltipContent {
  const { t } = texts;
  const isLower = shown.lower?.[step] ?? false;
  const { from, to } = rangeOfSteps(shown, step, step);
  const missed = missedMs(shown.gaps, { from, to });
  const lines = shown.names.flatMap((label, key) => {
    const count = shown.counts[key]?.[step] ?? 0;
    return count === 0
      ? []
      : [
          {
            label,
            value: countWords(count, isLower, texts),
            colour: `var(--${shown.colours[key] ?? 'text'})`,
          },
        ];
  });
  const uncounted = from < (shown.countedFrom ?? from) ? t('notCounted') : undefined;
  const note = gapWords(shown.gaps, { from, to }, texts);
  const nothing =
    lines.length === 0 && !uncounted && missed < to - from ? occurrencesWords(0, false, texts) : undefined;
  const said = [nothing, uncounted, note].filter((part) => part !== undefined).join('; ');
  return { title: clock.span(from, to), lines, ...(said !== '' && { note: said }) };
}

/** What stands for a key of a histogram in the reader's language; reasons and names are never translated. */
export function keyName(key: HistogramAnswer['data']['keys'][number], isSeverity: boolean, { t }: Texts): string {
  if (key === null) return t('other');
  if (key === '') return t('none');
  return isSeverity ? t(key as 'critical') : key;
}
