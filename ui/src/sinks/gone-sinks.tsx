import { useQuery } from '@tanstack/react-query';
import { metaQuestion } from '../api/questions.ts';
import { useKept } from '../api/use-kept.ts';
import { useTexts } from '../text/language.ts';
import { DeadLetters } from './dead-letters.tsx';
import { deadLetterCountsQuestion, type Sink } from './sink-questions.ts';

/** What sinks would not take that are not configured any more: to be looked at, taken along or forgotten. */
export function GoneSinks({ sinks }: { readonly sinks: readonly Sink[] }) {
  const { t } = useTexts();
  const { data: meta } = useQuery(metaQuestion);
  const { data } = useQuery(deadLetterCountsQuestion);
  const configured = new Set(sinks.map(({ name }) => name));
  const gone = useKept(data)?.data.filter(({ sink }) => !configured.has(sink)) ?? [];
  if (gone.length === 0) return null;
  return (
    <section className="gone-sinks" aria-labelledby="gone-sinks">
      <h2 id="gone-sinks">{t('goneSinks')}</h2>
      <p className="quiet">{t('goneSinksWhy')}</p>
      {gone.map(({ sink, deadLetters }) => (
        <DeadLetters
          key={sink}
          sink={{ name: sink, deadLetters }}
          mayOperate={meta?.data.rights.administer === true}
          isGone
        />
      ))}
    </section>
  );
}
