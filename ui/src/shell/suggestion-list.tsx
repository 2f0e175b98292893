import { countWords } from '../answer/count-words.ts';
import { VisibleText } from '../message/message.tsx';
import type { Suggestion } from '../query/suggestions.ts';
import { useTexts } from '../text/language.ts';

interface SuggestionListProps {
  readonly id: string;
  readonly suggestions: readonly Suggestion[];
  /** The place of the one that Enter takes. */
  readonly choice: number;
  readonly onTake: (value: string) => void;
}

/** The focus stays in the box; https://www.w3.org/WAI/ARIA/apg/patterns/combobox/ */
export function SuggestionList({ id, suggestions, choice, onTake }: SuggestionListProps) {
  const texts = useTexts();
  const { t } = texts;
  return (
    <div className="suggestions" id={id} role="listbox" aria-label={t('searchSuggestions')}>
      {suggestions.map(({ value, count, isLower = false }, index) => (
        <div
          key={value}
          id={`${id}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === choice}
          onPointerDown={(event) => {
            event.preventDefault();
            onTake(value);
          }}
        >
          <bdi>
            <VisibleText text={value} />
          </bdi>
          <span>{count === undefined ? '' : countWords(count, isLower, texts)}</span>
        </div>
      ))}
    </div>
  );
}
