import type { HistogramAnswer } from '../api/questions.ts';
import type { Texts } from '../text/texts.ts';

/** What of an answer is missing at any time, and why: a sentence each. */
export function missingWords(
  leftOut: HistogramAnswer['leftOut'],
  { t, list }: Pick<Texts, 't' | 'list'>,
): readonly string[] {
  const { refused = [], unevaluated } = leftOut ?? {};
  const names = refused.map(({ cluster, namespace }) =>
    namespace === undefined ? cluster : `${cluster}/${namespace}`,
  );
  return [
    ...(names.length === 0 ? [] : [t('leftOutRefused', { names: list(names) })]),
    ...(unevaluated ? [t('leftOutUnevaluated', { n: unevaluated.events, problem: unevaluated.detail })] : []),
  ];
}
