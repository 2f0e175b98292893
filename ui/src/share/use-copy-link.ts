import { useRouter } from '@tanstack/react-router';
import { useCallback } from 'react';
import { stateOfAddress, writeAddress } from '../state/page-state.ts';
import { usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { asked, rangeOf } from '../time/time-range.ts';
import { useCopy } from './use-copy.ts';

/** Copies the address of what is shown, with the range as it is now: a link is opened later than it is sent. */
export function useCopyLink(): () => void {
  const { t } = useTexts();
  const state = usePageState();
  const router = useRouter();
  const copy = useCopy();
  return useCallback(() => {
    const isFixed = !state.from.startsWith('now') && state.to !== 'now' && !state.to.startsWith('now-');
    const fixed = { ...state, ...asked(rangeOf(state, Date.now())) };
    const { pathname } = router.latestLocation;
    const path = router.buildLocation({ to: pathname as '/explore' }).publicHref.split('?', 1)[0] ?? '';
    const link = new URL(`${path}${writeAddress(stateOfAddress({ ...fixed }))}`, location.href);
    copy(link.href, t(isFixed ? 'copied' : 'copiedFixed'));
  }, [state, router, copy, t]);
}
