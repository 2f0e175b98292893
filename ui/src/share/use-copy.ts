import { useCallback } from 'react';
import { problemWords } from '../api/problem-words.ts';
import { toast } from '../shell/toast.tsx';
import { useTexts } from '../text/language.ts';

/**
 * Puts a text into the clipboard as it is, and says so; also one that has yet to come, since what asked for it is a click
 * all the same. Pages without TLS have no clipboard elsewhere than on this machine.
 */
export function useCopy(): (text: string | Promise<string>, said?: string) => void {
  const texts = useTexts();
  return useCallback(
    (text, said = texts.t('copied')) => {
      // Of a text that does not come it is said why, not that the browser would not have it.
      let problem: Error | undefined;
      const coming = Promise.resolve(text).catch((error: Error) => {
        problem = error;
        throw error;
      });
      copied(coming, typeof text === 'string').then(
        () => toast(said),
        () => toast(problem ? texts.t('failed', { problem: problemWords(problem, texts) }) : texts.t('notCopied')),
      );
    },
    [texts],
  );
}

async function copied(text: Promise<string>, isThere: boolean): Promise<void> {
  if (!isSecureContext) throw new Error('no clipboard');
  if (isThere) return await navigator.clipboard.writeText(await text);
  const blob = text.then((written) => new Blob([written], { type: 'text/plain' }));
  await navigator.clipboard.write([new ClipboardItem({ 'text/plain': blob })]);
}
