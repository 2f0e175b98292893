/** Every stretch of which something is not known, with why: pure. */
import { causeWords } from '../answer/gap-words.ts';
import type { Texts } from '../text/texts.ts';
import type { TimeRange } from '../time/time-range.ts';
import type { CoverageAnswer } from './coverage-question.ts';

type Scope = CoverageAnswer['data']['scopes'][number];
type ListedGap = CoverageAnswer['coverage']['gaps'][number];

export interface BreakRow extends TimeRange {
  /** None is known while a gap lasts. */
  readonly cause: string | undefined;
  readonly healed: boolean;
  readonly isOpen: boolean;
  /** `frame`: the revision of one event; else whatever came and went within. */
  readonly unknown: Scope['breaks'][number]['unknown'];
  /** For people: the error, or the size. */
  readonly detail: string | undefined;
}

/** Latest first. `known`: before it nothing is expected. */
export function breakRows(scope: Scope, gaps: readonly ListedGap[], known: TimeRange): readonly BreakRow[] {
  const explained = scope.breaks.map(({ from, to, cause, healed, unknown, detail }) => ({
    from: Date.parse(from),
    to: Date.parse(to),
    cause,
    healed,
    isOpen: false,
    unknown,
    detail,
  }));
  const others = gapsOf(scope, gaps)
    .filter(({ cause }) => cause === undefined)
    .map(({ from, to }): BreakRow => {
      const end = Date.parse(to);
      const begin = Date.parse(from);
      return {
        from: begin,
        to: end,
        cause: undefined,
        healed: false,
        isOpen: end >= known.to,
        unknown: 'revisions',
        detail: undefined,
      };
    });
  return [...explained, ...others]
    .filter(({ from, to }) => to > known.from || (from === to && from >= known.from))
    .sort((one, other) => other.from - one.from);
}

export function whyWords({ cause, isOpen }: Pick<BreakRow, 'cause' | 'isOpen'>, { t }: Pick<Texts, 't'>): string {
  return cause === undefined ? t(isOpen ? 'causeOpen' : 'causeUnknown') : causeWords(cause, t);
}

/** Those of one scope. */
export function gapsOf({ cluster, scope }: Pick<Scope, 'cluster' | 'scope'>, gaps: readonly ListedGap[]) {
  return gaps.filter((gap) => gap.cluster === cluster && gap.scope === scope);
}
