import type { HistogramAnswer } from '../api/questions.ts';
import { mergedGaps, missedMs } from '../chart/gaps.ts';
import { useTexts } from '../text/language.ts';
import { occurrencesWords } from './count-words.ts';
import { gapWords } from './gap-words.ts';
import './answer.css';

interface SummaryProps {
  readonly answer: Pick<HistogramAnswer, 'range' | 'coverage' | 'lowerBound'> | undefined;
  /** Of what the answer counts. */
  readonly total: number | undefined;
}

/** How much, and whether anybody was looking. */
export function Summary({ answer, total }: SummaryProps) {
  const texts = useTexts();
  const { t, percent, duration } = texts;
  if (!answer || total === undefined) return <p className="summary">{t('loading')}</p>;
  const { coverage, lowerBound } = answer;
  const range = { from: Date.parse(answer.range.from), to: Date.parse(answer.range.to) };
  const gaps = mergedGaps(coverage.gaps, range);
  return (
    <p className="summary" role="status">
      <b>{occurrencesWords(total, lowerBound, texts)}</b>
      <span className="coverage" data-gaps={gaps.length > 0} title={gapWords(gaps, range, texts)}>
        <i aria-hidden="true" />
        {t('watchedShare', { share: percent(coverage.share) })}
        {gaps.length > 0 && <span>{t('gaps', { n: gaps.length, duration: duration(missedMs(gaps, range)) })}</span>}
      </span>
    </p>
  );
}
