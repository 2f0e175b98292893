import type { HistogramAnswer } from '../api/questions.ts';
import { namespacesOf } from '../api/range-parameters.ts';
import { useChangeState, useClock, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';

/** What is missing in an answer, and why. */
export function LeftOut({ answer }: { readonly answer: Pick<HistogramAnswer, 'leftOut'> | undefined }) {
  const { t, list } = useTexts();
  const clock = useClock();
  const { ns } = usePageState();
  const change = useChangeState();
  const { before, refused, unevaluated } = answer?.leftOut ?? {};
  const names = (refused ?? []).map(({ cluster, namespace }) =>
    namespace === undefined ? cluster : `${cluster}/${namespace}`,
  );
  const said = [
    ...(before === undefined ? [] : [t('leftOutBefore', { time: clock.stamp(Date.parse(before)) })]),
    ...(names.length === 0 ? [] : [t('leftOutRefused', { names: list(names) })]),
    ...(unevaluated ? [t('leftOutUnevaluated', { n: unevaluated.events, problem: unevaluated.detail })] : []),
  ];
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
      {said.map((words) => (
        <p key={words} className="left-out" role="status">
          {words}
        </p>
      ))}
    </>
  );
}
