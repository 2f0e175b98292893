import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { queryProblem } from '../api/problem-words.ts';
import { useHistogram } from '../api/use-histogram.ts';
import { useTexts } from '../text/language.ts';
import { QueryMirror } from './query-mirror.tsx';
import { SuggestionList } from './suggestion-list.tsx';
import { useQueryDraft } from './use-query-draft.ts';
import { useSuggestions } from './use-suggestions.ts';
import './search.css';

const ID = 'search';

/** The one text that is the filter: facets, legend and completion all write it. */
export function SearchBox() {
  const { t } = useTexts();
  const draft = useQueryDraft();
  const suggestions = useSuggestions(draft.typing);
  const problem = queryProblem(useHistogram().error);
  const input = useRef<HTMLInputElement>(null);
  const [choice, setChoice] = useState(-1);
  const [scroll, setScroll] = useState(0);
  const listId = useId();
  const isOpen = suggestions.length > 0;

  const take = (value: string) => {
    const next = draft.take(value);
    setChoice(-1);
    // Once the new text is in the box.
    if (next) requestAnimationFrame(() => input.current?.setSelectionRange(next.caret, next.caret));
  };
  const onKey = (event: KeyboardEvent) => {
    const chosen = suggestions[choice];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && isOpen) setChoice(nextChoice(choice, step, suggestions.length));
    else if ((event.key === 'Enter' || event.key === 'Tab') && chosen) take(chosen.value);
    // Leaving the box asks what is in it.
    else if (event.key === 'Enter' || event.key === 'Escape') input.current?.blur();
    else return;
    event.preventDefault();
  };
  return (
    <div className="search" role="search">
      <QueryMirror query={draft.text} scroll={scroll} />
      <input
        ref={input}
        id={ID}
        type="text"
        role="combobox"
        aria-label={t('search')}
        aria-expanded={isOpen}
        aria-controls={listId}
        aria-activedescendant={choice >= 0 && isOpen ? `${listId}-${choice}` : undefined}
        aria-invalid={problem !== undefined}
        aria-describedby={problem && `${ID}-problem`}
        placeholder={t('searchHint')}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        value={draft.text}
        onChange={({ target: { value, selectionStart } }) => {
          draft.edit(value, selectionStart);
          setChoice(-1);
        }}
        onSelect={({ currentTarget }) => draft.moveTo(currentTarget.selectionStart)}
        onScroll={({ currentTarget }) => setScroll(currentTarget.scrollLeft)}
        onKeyDown={onKey}
        onBlur={draft.apply}
      />
      <kbd aria-hidden="true">/</kbd>
      {isOpen && <SuggestionList id={listId} suggestions={suggestions} choice={choice} onTake={take} />}
      {problem && (
        <p className="search-problem" id={`${ID}-problem`} role="alert">
          {t('problemAt', { column: problem.column, problem: problem.detail })}
        </p>
      )}
    </div>
  );
}

/** Around the ends; from none to the first or the last. */
function nextChoice(choice: number, step: number, count: number): number {
  if (choice < 0) return step > 0 ? 0 : count - 1;
  return (choice + step + count) % count;
}

/** The search takes the focus, wherever it was. */
export function focusSearch(): void {
  const input = document.getElementById(ID);
  if (input instanceof HTMLInputElement) input.select();
}
