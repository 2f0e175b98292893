import { useNavigate, useRouteContext, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { useTexts } from '../text/language.ts';
import { type Clock, clockOf } from '../time/clock.ts';
import { DEFAULT_STATE, type PageState, replacesEntry, stateOfAddress } from './page-state.ts';

/** What the address says, with what it leaves out. */
export function usePageState(): PageState {
  const search = useSearch({ from: '__root__' });
  const { usualFrom } = useRouteContext({ from: '__root__' });
  return useMemo(() => ({ ...DEFAULT_STATE, from: usualFrom, ...search }), [search, usualFrom]);
}

/** Changes the address: a question becomes a step of the browser's history, a look does not. */
export function useChangeState(): (change: Partial<PageState>) => void {
  const navigate = useNavigate();
  return useCallback(
    (change) => {
      void navigate({
        to: '.',
        search: (before) => stateOfAddress({ ...before, ...change }),
        replace: replacesEntry(change),
      });
    },
    [navigate],
  );
}

/** Of the zone in the address; UTC when nobody knows that zone. */
export function useClock(): Clock {
  const { tz } = usePageState();
  const { locale } = useTexts();
  return useMemo(() => {
    try {
      return clockOf(tz, locale);
    } catch {
      return clockOf('UTC', locale);
    }
  }, [tz, locale]);
}
