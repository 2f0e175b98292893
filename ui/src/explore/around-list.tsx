import { useQuery } from '@tanstack/react-query';
import { aroundQuestion, type FullEvent } from '../api/questions.ts';
import { Message } from '../message/message.tsx';
import { Name } from '../message/name.tsx';
import { SeverityMark } from '../message/severity-mark.tsx';
import { useChangeState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { around } from './around.ts';

/** What else happened then to the same workload or node. */
export function Around({ event }: { readonly event: FullEvent }) {
  const { t, duration } = useTexts();
  const change = useChangeState();
  const at = Date.parse(event.last);
  const { data } = useQuery(aroundQuestion(at));
  const rows = data ? around(data.data.rows, event) : [];
  return (
    <>
      <h3>{t('aroundThen')}</h3>
      {data && rows.length === 0 && <p className="quiet">{t('alone')}</p>}
      <ul className="around">
        {rows.map((row) => {
          const after = Date.parse(row.last) - at;
          return (
            <li key={row.id}>
              <button type="button" onClick={() => change({ sel: row.id })}>
                <span className="around-distance">{`${after < 0 ? '−' : '+'}${duration(Math.abs(after))}`}</span>
                <SeverityMark severity={row.severity} />
                <Message text={row.reason} />
                <Name name={row.object.name} />
              </button>
            </li>
          );
        })}
      </ul>
    </>
  );
}
