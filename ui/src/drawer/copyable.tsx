import { VisibleText } from '../message/message.tsx';
import { useCopy } from '../share/use-copy.ts';
import { useTexts } from '../text/language.ts';

/** Text to take along: what is copied is the original, whatever is shown of it. */
export function Copyable({ text }: { readonly text: string }) {
  const { t } = useTexts();
  const copy = useCopy();
  return (
    <div className="copyable">
      <pre>
        <VisibleText text={text} />
      </pre>
      <button type="button" className="link" onClick={() => copy(text)}>
        {t('copy')}
      </button>
    </div>
  );
}
