import { problemWords, queryProblem } from '../api/problem-words.ts';
import { useLive } from '../live/live.tsx';
import { useTexts } from '../text/language.ts';

/** What waits, and what was missed, above the rows. */
export function LiveNotes({ onShow }: { readonly onShow: () => void }) {
  const texts = useTexts();
  const { t, duration } = texts;
  const { held, gap, status, problem, resume, load } = useLive();
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
      {problem && !queryProblem(problem) && (
        <p className="not-received" role="alert">
          {t('failed', { problem: problemWords(problem, texts) })}
        </p>
      )}
    </>
  );
}
