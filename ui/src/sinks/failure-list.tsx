import { Message } from '../message/message.tsx';
import { useClock } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import type { SinkActivity } from './sink-questions.ts';

/** Why something was not taken, latest first. */
export function FailureList({ failures }: { readonly failures: SinkActivity['failures'] | undefined }) {
  const { t } = useTexts();
  const clock = useClock();
  return (
    <section className="failures">
      <h2>{t('lastProblems')}</h2>
      {failures && failures.length === 0 && <p className="quiet">{t('noProblems')}</p>}
      <ol>
        {failures?.map(({ since, at, times, problem }) => (
          <li key={`${since} ${problem}`}>
            <span>{clock.stamp(Date.parse(at))}</span>
            <span className="quiet">
              {times > 1 && t('timesSince', { n: times, time: clock.time(Date.parse(since)) })}
            </span>
            <Message text={problem} />
          </li>
        ))}
      </ol>
    </section>
  );
}
