import type { HistogramAnswer } from '../api/questions.ts';
import { namespacesOf } from '../api/range-parameters.ts';
import { useChangeState, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { missingWords } from './missing-words.ts';
import { Stopped } from './stopped.tsx';
import './answer.css';

interface LeftOutProps {
  readonly answer: Pick<HistogramAnswer, 'leftOut'> | undefined;
  /** How far back it was looked, when the time was up: that of the answer, unless another is shown beside it. */
  readonly before?: string | undefined;
  readonly isBusy?: boolean;
  readonly onGoOn?: () => void;
}

/** What is missing in an answer, and why; and that it is of some namespaces, where the reader chose those. */
export function LeftOut(props: LeftOutProps) {
  const { t, list } = useTexts();
  const { ns } = usePageState();
  const change = useChangeState();
  return (
    <>
      {ns !== '' && (
        <p className="left-out">
          {t('inNamespaces', { names: list(namespacesOf(ns)) })}{' '}
          <button type="button" className="link" onClick={() => change({ ns: '' })}>
            {t('clear')}
          </button>
        </p>
      )}
      <Missing {...props} />
    </>
  );
}

/** What is missing in an answer, and why. */
export function Missing({ answer, before = answer?.leftOut?.before, ...way }: LeftOutProps) {
  const texts = useTexts();
  return (
    <>
      <Stopped className="left-out" before={before} revisions={answer?.leftOut?.revisions} {...way} />
      {missingWords(answer?.leftOut, texts).map((words) => (
        <p key={words} className="left-out" role="status">
          {words}
        </p>
      ))}
    </>
  );
}
