import { useQuery } from '@tanstack/react-query';
import { useMatchRoute } from '@tanstack/react-router';
import { VIEWS } from '../../../src/api/page/views.ts';
import { metaQuestion } from '../api/questions.ts';

type View = (typeof VIEWS)[number];

/** Those that are there for the reader. */
export function useViews(): readonly View[] {
  const { data } = useQuery(metaQuestion);
  return VIEWS.filter((view) => view !== 'sinks' || data?.data.rights.sinks === true);
}

/** Whether Tidings itself is shown, not events. */
export function useIsOperating(): boolean {
  const isAt = useMatchRoute();
  return isAt({ to: '/coverage' }) !== false || isAt({ to: '/sinks' }) !== false;
}
