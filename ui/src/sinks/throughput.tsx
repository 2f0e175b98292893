import { useClock } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { barsOf, MINUTES } from './minute-bars.ts';
import type { SinkActivity } from './sink-questions.ts';

const WIDTH = 600;
const HEIGHT = 56;

/** What a sink took, minute by minute; its place is there before. */
export function Throughput({ activity }: { readonly activity: SinkActivity | undefined }) {
  const { t } = useTexts();
  const clock = useClock();
  const { start, stepMs = 60_000, counts = [] } = activity?.delivered ?? {};
  const from = start === undefined ? 0 : Date.parse(start);
  const end = from + counts.length * stepMs;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const most = Math.max(0, ...counts);
  const words = t('throughputWords', { n: total, time: clock.minutes(from), most });
  return (
    <section className="throughput">
      <h2>{t('throughput')}</h2>
      <p className="quiet">{activity ? words : t('loading')}</p>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        <path d={barsOf(counts, { width: WIDTH, height: HEIGHT })} />
      </svg>
      <p className="throughput-axis" aria-hidden="true">
        {activity && (
          <>
            <span>{clock.minutes(end - MINUTES * stepMs)}</span>
            <span>{clock.minutes(end)}</span>
          </>
        )}
      </p>
    </section>
  );
}
