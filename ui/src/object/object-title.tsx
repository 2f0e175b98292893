import { Link } from '@tanstack/react-router';
import { Summary } from '../answer/summary.tsx';
import { Message } from '../message/message.tsx';
import { ObjectName } from '../message/name.tsx';
import { ShareMenu } from '../share/share-menu.tsx';
import { usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { type ObjectPlace, queryAbout } from './object-address.ts';
import type { ObjectAnswer } from './object-question.ts';
import { Owners } from './relatives.tsx';

interface ObjectTitleProps {
  readonly place: ObjectPlace;
  readonly answer: ObjectAnswer | undefined;
}

/** What it is, what it belongs to, how much happened, and whether anybody was looking. */
export function ObjectTitle({ place, answer }: ObjectTitleProps) {
  const { t } = useTexts();
  const { q } = usePageState();
  const query = queryAbout(place, q);
  return (
    <header className="object-title">
      <div className="object-heading">
        <h1>
          <span className="object-kind">{place.kind === '' ? t('workload') : <Message text={place.kind} />}</span>{' '}
          <ObjectName namespace={place.namespace} name={place.name} />
        </h1>
        <Link to="/explore" search={(before) => ({ ...before, q: query })} className="control">
          {t('showInExplore')}
        </Link>
        <ShareMenu />
      </div>
      {answer && <Owners owners={answer.data.owners} linkedBy={answer.data.linkedBy} />}
      <Summary answer={answer} total={answer?.data.occurrences} />
    </header>
  );
}
