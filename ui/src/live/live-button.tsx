import { useTexts } from '../text/language.ts';
import { useLive } from './live.tsx';
import { isAsked } from './live-tail.ts';

export function LiveButton() {
  const { t } = useTexts();
  const { status, isPaused, toggle } = useLive();
  return (
    <button
      type="button"
      className="control live-button"
      aria-pressed={isAsked({ status })}
      data-state={isPaused ? 'paused' : status}
      title={status === 'lost' ? t('reconnecting') : `${t('live')} (l)`}
      onClick={toggle}
    >
      <i aria-hidden="true" />
      {isPaused ? t('paused') : t('live')}
    </button>
  );
}
