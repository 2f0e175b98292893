import type { FullEvent } from '../api/questions.ts';
import { useClock, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { rangeOf } from '../time/time-range.ts';
import { timeScale } from '../time/time-scale.ts';
import { useNow } from '../time/use-now.ts';

const WIDTH = 360;
const HEIGHT = 48;
const BAR = 3;

/** When the event was counted up, within the range that is shown. */
export function Revisions({ event }: { readonly event: FullEvent }) {
  const { t } = useTexts();
  const clock = useClock();
  const state = usePageState();
  const range = rangeOf(state, useNow(60_000));
  const scale = timeScale(range, 0, WIDTH - BAR);
  const shown = event.revisions.filter(({ last }) => Date.parse(last) >= range.from && Date.parse(last) <= range.to);
  const most = Math.max(1, ...shown.map(({ delta }) => delta));
  return (
    <>
      <h3>{t('overTime')}</h3>
      <svg
        className="revisions"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        data-severity={event.severity}
        role="img"
        aria-label={`${t('revisions', { n: shown.length })}, ${clock.span(range.from, range.to)}`}
      >
        {shown.map(({ id, last, delta }) => {
          const height = 4 + (HEIGHT - 6) * (delta / most);
          return <rect key={id} x={scale.x(Date.parse(last))} y={HEIGHT - 1 - height} width={BAR} height={height} />;
        })}
      </svg>
    </>
  );
}
