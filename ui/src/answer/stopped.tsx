import { useClock } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { stoppedWords } from './stopped-words.ts';

interface StoppedProps {
  readonly className: string;
  /** How far back it was looked, when the time was up; undefined where it was enough. */
  readonly before: string | undefined;
  /** It was of so many revisions instead. */
  readonly revisions?: number | undefined;
  readonly isBusy?: boolean;
  /** Absent where there is no way on. */
  readonly onGoOn?: () => void;
}

/** How far an answer goes that is not complete, and the way on. */
export function Stopped({ className, before, revisions, isBusy = false, onGoOn }: StoppedProps) {
  const texts = useTexts();
  const { t } = texts;
  const clock = useClock();
  if (before === undefined) return null;
  return (
    <p className={className} role="status">
      {stoppedWords({ before, revisions }, texts, clock)}{' '}
      {onGoOn && (
        <button type="button" className="link" disabled={isBusy} onClick={onGoOn}>
          {t(isBusy ? 'loading' : 'goOn')}
        </button>
      )}
    </p>
  );
}
