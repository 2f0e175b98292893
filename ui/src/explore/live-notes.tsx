import { useLive } from '../live/live.tsx';
import { useTexts } from '../text/language.ts';

/** What waits, and what was missed, above the rows. */
export function LiveNotes({ onShow }: { readonly onShow: () => void }) {
  const { t, duration } = useTexts();
  const { held, gap, status, resume, load } = useLive();
  return (
    <>
      {held > 0 && (
        <button
          type="button"
          className="control held"
          onClick={() => {
            resume();
            onShow();
          }}
        >
          ↑ {t('newEvents', { n: held })}
        </button>
      )}
      {gap && (
        <p className="not-received">
          {t('notReceived', { duration: duration(gap.to - gap.from) })}
          <button type="button" className="link" onClick={load}>
            {t('load')}
          </button>
        </p>
      )}
      {status === 'lost' && (
        <p className="not-received" role="status">
          {t('reconnecting')}
        </p>
      )}
    </>
  );
}
