import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ApiProblem } from '../../../src/api/json/client.ts';
import { META_EVERY_MS, metaQuestion } from '../api/questions.ts';
import { useClock } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { useNow } from '../time/use-now.ts';
import { watchStateOf } from './watch-words.ts';

/** How many answers may be missed before what is known counts as old. */
const MISSED = 3;

/** Whether anybody is looking, always in sight. */
export function WatchState() {
  const texts = useTexts();
  const clock = useClock();
  const { data, dataUpdatedAt, error } = useQuery(metaQuestion);
  const now = useNow(5_000);
  const silentMs = data && now - dataUpdatedAt > MISSED * META_EVERY_MS ? now - dataUpdatedAt : undefined;
  // Some may read events, but not that.
  if (error instanceof ApiProblem && [401, 403].includes(error.details.status)) return <span className="watch-state" />;
  const { state, words } = watchStateOf({ clusters: data?.data.clusters, silentMs }, texts, clock);
  return (
    <Link
      to="/coverage"
      search={(before) => before}
      className="watch-state"
      data-state={state}
      title={`${texts.t('coverage')} (g c)`}
    >
      <i aria-hidden="true" />
      <span role="status">{words}</span>
    </Link>
  );
}
