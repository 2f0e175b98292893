import { ApiProblem } from '../../../src/api/json/client.ts';
import type { Texts } from '../text/texts.ts';

/** Why an answer did not come, in one sentence. */
export function problemWords(error: Error, { t }: Texts): string {
  if (!(error instanceof ApiProblem)) return t('offline');
  const { detail, hint } = error.details;
  return hint === undefined ? detail : `${detail}. ${hint}`;
}

/** Where in the query something is wrong, and what; undefined when nothing is. */
export function queryProblem(error: Error | null): { readonly column: number; readonly detail: string } | undefined {
  if (!(error instanceof ApiProblem)) return undefined;
  const { parameter, position, detail, status } = error.details;
  if (status !== 400 || (parameter !== 'q' && parameter !== 'cel')) return undefined;
  // CEL stands behind the = that tells it from the short form.
  return { column: (position?.column ?? 1) + (parameter === 'cel' ? 1 : 0), detail };
}
