import { useCallback } from 'react';
import { useTexts } from '../text/language.ts';
import { useCopy } from './use-copy.ts';
import { useShared } from './use-shared.ts';

/** Copies the address of what is shown, with the range as it is now: a link is opened later than it is sent. */
export function useCopyLink(): () => void {
  const { t } = useTexts();
  const shared = useShared();
  const copy = useCopy();
  return useCallback(() => {
    const { question, link } = shared();
    copy(link, t(question.wasRelative ? 'copiedFixed' : 'copied'));
  }, [shared, copy, t]);
}
