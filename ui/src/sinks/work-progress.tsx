import { Message } from '../message/message.tsx';
import { useTexts } from '../text/language.ts';
import { useWork } from './use-work.ts';
import { type CountKey, forgetWork, stopWork } from './work.ts';

const COUNTS: readonly CountKey[] = ['taken', 'refusedAgain', 'rejected', 'filtered'];

/** How far it is, and what came of it until somebody has read that. */
export function WorkProgress({ name, title }: { readonly name: string; readonly title: 'retry' | 'replay' }) {
  const { t, number } = useTexts();
  const state = useWork(name);
  if (!state) return null;
  const { isRunning, done, of, counts, problem } = state;
  return (
    <div className="work">
      <p role="status">
        <b>{t(title)}</b> {of === undefined ? number(done) : t('doneOf', { done, of })}
        {COUNTS.map((key) => counts[key] !== undefined && <span key={key}>{t(key, { n: counts[key] })}</span>)}
      </p>
      {isRunning && <progress {...(of !== undefined && { value: done, max: Math.max(1, of) })} aria-label={t(title)} />}
      {problem !== undefined && (
        <p className="work-problem" role="alert">
          <Message text={problem} />
        </p>
      )}
      <button type="button" className="control" onClick={() => (isRunning ? stopWork(name) : forgetWork(name))}>
        {t(isRunning ? 'stop' : 'close')}
      </button>
    </div>
  );
}
