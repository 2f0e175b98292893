import { useQuery } from '@tanstack/react-query';
import { type Nearest, nearestQuestion } from '../api/nearest-question.ts';
import { Message } from '../message/message.tsx';
import { ObjectName } from '../message/name.tsx';
import { SeverityMark } from '../message/severity-mark.tsx';
import { useChangeState, useClock, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import type { TextKey } from '../text/texts.ts';

const SAID = {
  same: 'nearestSame',
  asked: 'nearestAsked',
  oldest: 'nearestOldest',
} as const satisfies Readonly<Record<Nearest['is'], TextKey>>;

/** Instead of an event that a link pins and nobody has any more: the nearest one. */
export function NoLongerKept({ id }: { readonly id: string }) {
  const { t } = useTexts();
  const clock = useClock();
  const state = usePageState();
  const change = useChangeState();
  const { data: nearest } = useQuery(nearestQuestion(id, state));
  return (
    <>
      <h2>{t('noLongerKept')}</h2>
      <p>{t('noLongerKeptWhy')}</p>
      {nearest && (
        <div className="nearest">
          <h3>{t(SAID[nearest.is])}</h3>
          <button type="button" onClick={() => change({ sel: nearest.row.id })}>
            <SeverityMark severity={nearest.row.severity} />
            <Message text={nearest.row.reason} />
            <time dateTime={nearest.row.last}>{clock.stamp(Date.parse(nearest.row.last))}</time>
            <ObjectName namespace={nearest.row.object.namespace} name={nearest.row.object.name} />
          </button>
        </div>
      )}
    </>
  );
}
