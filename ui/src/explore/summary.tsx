import type { HistogramAnswer } from '../api/questions.ts';
import { mergedGaps, missedMs } from '../chart/gaps.ts';
import { useTexts } from '../text/language.ts';
import { gapWords } from './gap-words.ts';

/** How much, and whether anybody was looking. */
export function Summary({ answer }: { readonly answer: HistogramAnswer | undefined }) {
  const texts = useTexts();
  const { t, percent, duration } = texts;
  if (!answer) return <p className="summary">{t('loading')}</p>;
  const { data, coverage, lowerBound } = answer;
  const range = { from: Date.parse(answer.range.from), to: Date.parse(answer.range.to) };
  const gaps = mergedGaps(coverage.gaps, range);
  return (
    <p className="summary" role="status">
      <b>{t(lowerBound ? 'occurrencesAtLeast' : 'occurrences', { n: data.total })}</b>
      <span className="coverage" data-gaps={gaps.length > 0} title={gapWords(gaps, range, texts)}>
        <i aria-hidden="true" />
        {t('watchedShare', { share: percent(coverage.share) })}
        {gaps.length > 0 && <span>{t('gaps', { n: gaps.length, duration: duration(missedMs(gaps, range)) })}</span>}
      </span>
    </p>
  );
}
