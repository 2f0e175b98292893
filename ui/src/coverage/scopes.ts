/** Scopes of which the same is known are shown once: pure. */
import type { CoverageAnswer } from './coverage-question.ts';

type Scope = CoverageAnswer['data']['scopes'][number];

export interface ScopeGroup {
  /** Names it in the address. */
  readonly id: string;
  /** None of them is empty. */
  readonly scopes: readonly Scope[];
}

export function scopeGroups(scopes: readonly Scope[]): readonly ScopeGroup[] {
  const groups = Map.groupBy(scopes, ({ cells, breaks }) => JSON.stringify([cells, breaks]));
  return [...groups.values()].map((group) => ({ id: group.map(idOf).at(0) ?? '', scopes: group }));
}

/** The one that is named, else the first. */
export function chosenGroup(groups: readonly ScopeGroup[], id: string): ScopeGroup | undefined {
  return groups.find(({ scopes }) => scopes.some((scope) => idOf(scope) === id)) ?? groups[0];
}

function idOf({ cluster, scope }: Scope): string {
  return `${cluster}/${scope}`;
}
