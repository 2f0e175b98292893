import { useState } from 'react';
import { VisibleText } from '../message/message.tsx';
import { beginningOf } from '../message/visible-text.ts';
import { useTexts } from '../text/language.ts';

const FIRST_CHARACTERS = 600;

/** A long message is shown whole when that is asked for, in a box that scrolls. */
export function FullMessage({ text }: { readonly text: string }) {
  const { t } = useTexts();
  const [isWhole, setWhole] = useState(false);
  const beginning = beginningOf(text, FIRST_CHARACTERS);
  return (
    <>
      {/* oxlint-disable-next-line no-noninteractive-tabindex -- it scrolls, also for who has no mouse */}
      <p className="full-message" dir="auto" tabIndex={isWhole ? 0 : undefined}>
        <VisibleText text={isWhole ? text : beginning} />
      </p>
      {!isWhole && beginning.length < text.length && (
        <button type="button" className="link" onClick={() => setWhole(true)}>
          {t('showAll', { n: text.length })}
        </button>
      )}
    </>
  );
}
