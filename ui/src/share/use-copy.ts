import { useCallback } from 'react';
import { toast } from '../shell/toast.tsx';
import { useTexts } from '../text/language.ts';

/** Puts a text into the clipboard as it is, and says so. Pages without TLS have none elsewhere than on this machine. */
export function useCopy(): (text: string, said?: string) => void {
  const { t } = useTexts();
  return useCallback(
    (text, said = t('copied')) => {
      const copying = isSecureContext ? navigator.clipboard.writeText(text) : Promise.reject(new Error(t('notCopied')));
      copying.then(
        () => toast(said),
        () => toast(t('notCopied')),
      );
    },
    [t],
  );
}
