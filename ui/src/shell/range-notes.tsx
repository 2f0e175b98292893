import { useQuery } from '@tanstack/react-query';
import { coverageQuestion, metaQuestion } from '../api/questions.ts';
import { mergedGaps, missedMs } from '../chart/gaps.ts';
import { useClock, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { type AskedRange, rangeOf } from '../time/time-range.ts';

/** What there is to know of a range before it is asked for: what of it is no longer kept, and what nobody watched. */
export function RangeNotes({ asked, now }: { readonly asked: AskedRange; readonly now: number }) {
  const { t, duration } = useTexts();
  const clock = useClock();
  const state = usePageState();
  const { data: meta } = useQuery(metaQuestion);
  const { data: watched } = useQuery(coverageQuestion({ ...state, ...asked }));
  const { from, to } = rangeOf(asked, now);
  const kept = Date.parse(meta?.data.retentionFrom ?? '');
  const range = watched && { from: Date.parse(watched.range.from), to: Date.parse(watched.range.to) };
  const missed = watched && range ? missedMs(mergedGaps(watched.coverage.gaps, range), range) : 0;
  const notes = [
    ...(to < kept ? [t('rangeNotKept', { time: clock.stamp(kept) })] : []),
    ...(from < kept && to >= kept ? [t('endOfRetention', { time: clock.stamp(kept) })] : []),
    ...(missed === 0
      ? []
      : [
          watched?.coverage.share === 0
            ? t('rangeNotWatched')
            : t('rangePartlyWatched', { duration: duration(missed) }),
        ]),
  ];
  return notes.map((words) => (
    <span key={words} className="range-note">
      {words}
    </span>
  ));
}
