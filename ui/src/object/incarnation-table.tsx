import { useState } from 'react';
import { Times } from '../answer/times.tsx';
import { Message } from '../message/message.tsx';
import { Name } from '../message/name.tsx';
import { writtenOut } from '../message/visible-text.ts';
import { isCel, only, stanceOf, toggled } from '../query/rewrite.ts';
import { useChangeState, useClock, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import type { ObjectPlace } from './object-address.ts';
import { ObjectLink, useObjectSearch } from './object-link.tsx';
import type { Incarnation, ObjectAnswer } from './object-question.ts';

const FIRST = 8;
const UID_CHARACTERS = 8;
/** Somebody who deletes a Pod means it to end. */
const MEANT = 'Killing';

/** Each time there was something of that name: where it ran, since when, and how it ended. */
export function IncarnationTable({ place, answer }: { readonly place: ObjectPlace; readonly answer: ObjectAnswer }) {
  const { t } = useTexts();
  const [isWhole, setWhole] = useState(false);
  const { incarnations, more } = answer.data;
  if (incarnations.length === 0) return null;
  const shown = isWhole ? incarnations : incarnations.slice(0, FIRST);
  const hasObject = incarnations.some(({ kind, name }) => kind !== place.kind || name !== place.name);
  const hasCluster = new Set(incarnations.map(({ cluster }) => cluster)).size > 1;
  return (
    <section aria-labelledby="incarnations-title">
      <h2 id="incarnations-title">{t('incarnations', { n: incarnations.length + more })}</h2>
      {/* oxlint-disable-next-line no-noninteractive-tabindex -- it scrolls sideways, also for who has no mouse */}
      <div className="incarnations" role="region" aria-labelledby="incarnations-title" tabIndex={0}>
        <table>
          <thead>
            <tr>
              {hasCluster && <th scope="col">{t('cluster')}</th>}
              {hasObject && <th scope="col">{t('object')}</th>}
              <th scope="col">UID</th>
              <th scope="col">{t('node')}</th>
              <th scope="col">{t('from')}</th>
              <th scope="col">{t('to')}</th>
              <th scope="col">{t('endedBy')}</th>
              <th scope="col" className="numeric">
                {t('occurrencesTitle')}
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((one) => (
              <Row
                key={`${one.cluster} ${one.kind} ${one.name} ${one.uid}`}
                {...{ place, one, hasCluster, hasObject }}
                isLower={answer.lowerBound}
              />
            ))}
          </tbody>
        </table>
      </div>
      {incarnations.length > shown.length && (
        <button type="button" className="link" onClick={() => setWhole(true)}>
          {t('more', { n: incarnations.length - shown.length })}
        </button>
      )}
      {isWhole && more > 0 && <p className="quiet">{t('moreOlder', { n: more })}</p>}
    </section>
  );
}

interface RowProps {
  readonly place: ObjectPlace;
  readonly one: Incarnation;
  readonly hasCluster: boolean;
  readonly hasObject: boolean;
  readonly isLower: boolean;
}

function Row({ place, one, hasCluster, hasObject, isLower }: RowProps) {
  const { t } = useTexts();
  const clock = useClock();
  const search = useObjectSearch();
  const { namespace } = place;
  const { kind, name, node, start, end, cause, occurrences } = one;
  return (
    <tr>
      {hasCluster && (
        <td>
          <bdi>{one.cluster}</bdi>
        </td>
      )}
      {hasObject && (
        <td className="incarnation-object">
          <Message text={kind} />{' '}
          <ObjectLink place={{ kind, namespace, name, isWorkload: false }} search={search}>
            <Name name={name} />
          </ObjectLink>
        </td>
      )}
      <td>
        <Uid uid={one.uid} />
      </td>
      <td>
        {node === '' ? (
          <span className="quiet">{t('unknown')}</span>
        ) : (
          <ObjectLink place={{ kind: 'Node', namespace: '', name: node, isWorkload: false }} search={search}>
            <Message text={node} />
          </ObjectLink>
        )}
      </td>
      <td>{clock.stamp(Date.parse(start))}</td>
      <td>{end === undefined ? <span className="quiet">{t('noEnd')}</span> : clock.stamp(Date.parse(end))}</td>
      <td>{cause !== undefined && <Message text={cause} className={cause === MEANT ? '' : 'bad-end'} />}</td>
      <td className="numeric">
        <Times n={occurrences} isLower={isLower} />
      </td>
    </tr>
  );
}

/** Leaves alone what is about this incarnation. */
function Uid({ uid }: { readonly uid: string }) {
  const { t } = useTexts();
  const { q } = usePageState();
  const change = useChangeState();
  if (uid === '') return <span className="quiet">{t('unknown')}</span>;
  const choice = { key: 'uid', value: uid };
  const isOnly = stanceOf(q, choice.key, uid) === 'included';
  const short = uid.length > UID_CHARACTERS + 1 ? `${uid.slice(0, UID_CHARACTERS)}…` : uid;
  return (
    <button
      type="button"
      className="link uid"
      title={writtenOut(uid)}
      disabled={isCel(q)}
      aria-pressed={isOnly}
      aria-label={t('onlyValue', { value: writtenOut(uid) })}
      onClick={() => change({ q: isOnly ? toggled(q, choice, 'included') : only(q, choice) })}
    >
      <Message text={short} />
    </button>
  );
}
