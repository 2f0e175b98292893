import { useId, useRef, useState } from 'react';
import { problemWords } from '../api/problem-words.ts';
import { useTexts } from '../text/language.ts';
import './gate.css';

interface AskProps {
  /** What it is called, before and when it is asked. */
  readonly button: string;
  readonly isDisabled: boolean;
  readonly title: string;
  /** What will be, in one or two sentences. */
  readonly words: string;
  /** What rejects is said, and asked again. */
  readonly onYes: () => Promise<void>;
}

/** A button for what cannot be taken back: it asks once. */
export function Ask({ button, isDisabled, title, words, onYes }: AskProps) {
  const texts = useTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [problem, setProblem] = useState('');
  const yes = async () => {
    try {
      await onYes();
      dialog.current?.close();
    } catch (error) {
      setProblem(problemWords(error as Error, texts));
    }
  };
  return (
    <>
      <button
        type="button"
        className="control"
        disabled={isDisabled}
        onClick={() => {
          setProblem('');
          dialog.current?.showModal();
        }}
      >
        {button}
      </button>
      <dialog className="ask" ref={dialog} aria-labelledby={id}>
        <h2 id={id}>{title}</h2>
        <p>{words}</p>
        <p role="alert">{problem}</p>
        <form method="dialog">
          <button type="submit" className="control">
            {texts.t('cancel')}
          </button>
          <button type="button" className="control danger" onClick={() => void yes()}>
            {button}
          </button>
        </form>
      </dialog>
    </>
  );
}
