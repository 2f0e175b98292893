import { useState } from 'react';
import { type Completed, completed, type Typing, typingAt } from '../query/completion.ts';
import { isCel } from '../query/rewrite.ts';
import { useChangeState, usePageState } from '../state/use-page-state.ts';

export interface QueryDraft {
  readonly text: string;
  /** Undefined while nobody types. */
  readonly typing: Typing | undefined;
  readonly edit: (text: string, caret: number | null) => void;
  readonly moveTo: (caret: number | null) => void;
  /** Asks what is written. */
  readonly apply: () => void;
  /** Puts a suggestion in, and asks when that makes a term. */
  readonly take: (value: string) => Completed | undefined;
}

/** What is being written, until it is asked; what a click elsewhere asks is taken over. */
export function useQueryDraft(): QueryDraft {
  const { q } = usePageState();
  const change = useChangeState();
  const [draft, setDraft] = useState({ text: q, asked: q });
  const [caret, setCaret] = useState<number | null>(null);
  if (draft.asked !== q) setDraft({ text: q, asked: q });
  const typing = caret === null || isCel(draft.text) ? undefined : typingAt(draft.text, caret);
  const ask = (text: string) => {
    if (text.trim() !== q) change({ q: text.trim() });
  };
  return {
    text: draft.text,
    typing,
    edit(text, at) {
      setDraft({ text, asked: q });
      setCaret(at);
    },
    moveTo: setCaret,
    apply() {
      setCaret(null);
      ask(draft.text);
    },
    take(value) {
      if (!typing) return undefined;
      const next = completed(draft.text, typing, value);
      setDraft({ text: next.query, asked: q });
      setCaret(next.caret);
      if (typing.key !== undefined) ask(next.query);
      return next;
    },
  };
}
