import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { problemWords } from '../api/problem-words.ts';
import { metaQuestion } from '../api/questions.ts';
import { Message } from '../message/message.tsx';
import { Name } from '../message/name.tsx';
import { useTexts } from '../text/language.ts';
import { deliveriesQuestion, type RecordDelivery } from './sink-questions.ts';

/** What became of one revision at each sink, as far as anybody knows. */
export function Deliveries({ id }: { readonly id: string }) {
  const texts = useTexts();
  const { t } = texts;
  const { data: meta } = useQuery(metaQuestion);
  const maySee = meta?.data.rights.sinks === true;
  const { data, error } = useQuery({ ...deliveriesQuestion(id), enabled: maySee });
  if (!maySee || data?.data.length === 0) return null;
  return (
    <section className="deliveries">
      <h3>{t('deliveries')}</h3>
      {error && <p role="alert">{t('failed', { problem: problemWords(error, texts) })}</p>}
      <ul>
        {data?.data.map((delivery) => (
          <li key={delivery.sink} data-state={delivery.state}>
            <Link to="/sinks" search={(before) => ({ ...before, sink: delivery.sink })} className="link">
              <Name name={delivery.sink} />
            </Link>
            <Became delivery={delivery} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Became({ delivery: { state, isLed, ahead = 0, failure } }: { readonly delivery: RecordDelivery }) {
  const { t } = useTexts();
  if (failure)
    return <Message text={t('deliveryRefused', { problem: failure.problem })} className="delivery-refused" />;
  if (isLed === false) return <span>{t('deliveryNotLed')}</span>;
  return <span>{state === 'waiting' ? t('deliveryWaiting', { n: ahead }) : t('deliveryPassed')}</span>;
}
