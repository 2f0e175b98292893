import { useMatchRoute, useRouter } from '@tanstack/react-router';
import { LiveButton } from '../live/live-button.tsx';
import { useChangeState, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { zoomedRange } from '../time/time-range.ts';
import { Icon } from './icon.tsx';
import { RangePicker } from './range-picker.tsx';
import { SearchBox } from './search-box.tsx';
import { useIsOperating } from './use-views.ts';

/** What is asked. */
export function Bar() {
  const { t } = useTexts();
  const state = usePageState();
  const change = useChangeState();
  const router = useRouter();
  const isAt = useMatchRoute();
  const isOperating = useIsOperating();
  return (
    <div className="bar">
      {isOperating ? <p className="bar-title">{t(isAt({ to: '/sinks' }) ? 'sinks' : 'coverage')}</p> : <SearchBox />}
      <button
        type="button"
        className="control icon-control"
        aria-label={t('stepBack')}
        title={`${t('stepBack')} (⌫)`}
        onClick={() => router.history.back()}
      >
        <Icon name="back" />
      </button>
      <RangePicker />
      <button
        type="button"
        className="control icon-control"
        aria-label={t('zoomOut')}
        title={`${t('zoomOut')} (z)`}
        onClick={() => change(zoomedRange(state, Date.now()))}
      >
        <Icon name="zoomOut" />
      </button>
      {!isOperating && <LiveButton />}
    </div>
  );
}
