import { useQuery } from '@tanstack/react-query';
import type { ObjectName } from '../../../src/api/json/client.ts';
import type { LinkedBy } from '../../../src/core/workload.ts';
import { Times } from '../answer/times.tsx';
import { problemWords } from '../api/problem-words.ts';
import { Message } from '../message/message.tsx';
import { Name } from '../message/name.tsx';
import { usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import type { ObjectPlace } from './object-address.ts';
import { ObjectLink, useObjectSearch } from './object-link.tsx';
import { objectQuestion } from './object-question.ts';
import { siblingsOf } from './siblings.ts';

/** What it belongs to, from the nearest to the workload, and how that, and what belongs to it, is known. */
export function Owners({
  owners,
  linkedBy,
}: {
  readonly owners: readonly ObjectName[];
  readonly linkedBy: LinkedBy | undefined;
}) {
  const { t } = useTexts();
  const search = useObjectSearch();
  if (owners.length === 0 && !linkedBy) return null;
  return (
    <p className="owners">
      {owners.length > 0 && <span className="quiet">{t('belongsTo')}</span>}
      {owners.map((owner) => (
        <span key={`${owner.kind} ${owner.name}`} className="owner">
          {owner.kind !== '' && <Message text={owner.kind} />}{' '}
          <ObjectLink place={{ ...owner, isWorkload: true }} search={search}>
            <Name name={owner.name} />
          </ObjectLink>
        </span>
      ))}
      {linkedBy === 'name' && <small title={t('linkedByNameWhy')}>{t('linkedByName')}</small>}
      {linkedBy === 'owner' && <small title={t('linkedByOwnerWhy')}>{t('linkedByOwner')}</small>}
    </p>
  );
}

const MOST = 24;

/** The other objects of its workload. */
export function Siblings({ place, workload }: { readonly place: ObjectPlace; readonly workload: ObjectName }) {
  const texts = useTexts();
  const { t } = texts;
  const search = useObjectSearch();
  const { from, to, tz, ns } = usePageState();
  const { data, error, refetch } = useQuery(
    objectQuestion({ ...workload, isWorkload: true }, { from, to, tz, ns, q: '' }),
  );
  const all = data ? siblingsOf(data.data, place) : [];
  return (
    <section aria-labelledby="siblings-title">
      <h2 id="siblings-title">{t('siblings')}</h2>
      {error && (
        <p role="alert">
          {t('failed', { problem: problemWords(error, texts) })}{' '}
          <button type="button" className="link" onClick={() => void refetch()}>
            {t('retry')}
          </button>
        </p>
      )}
      {!data && !error && <p className="quiet">{t('loading')}</p>}
      {data && all.length === 0 && <p className="quiet">{t('noSiblings')}</p>}
      <ul className="siblings">
        {all.slice(0, MOST).map(({ kind, namespace, name, occurrences, isEnded }) => (
          <li key={`${kind} ${name}`} data-ended={isEnded}>
            <Message text={kind} className="quiet" />{' '}
            <ObjectLink place={{ kind, namespace, name, isWorkload: false }} search={search}>
              <Name name={name} />
            </ObjectLink>
            {isEnded && <small className="quiet">{t('ended')}</small>}
            <span className="row-total">
              <Times n={occurrences} isLower={data?.lowerBound ?? false} />
            </span>
          </li>
        ))}
      </ul>
      {all.length > MOST && (
        <p>
          <ObjectLink place={{ ...workload, isWorkload: true }} search={search}>
            {t('more', { n: all.length - MOST })}
          </ObjectLink>
        </p>
      )}
    </section>
  );
}
