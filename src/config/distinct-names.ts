import type { RuleProblem } from './rule.ts';

/**
 * A problem for each name that stands in a list before. `list` is what the items are called in the file; undefined is an
 * item without a name.
 */
export function* repeatedNames(list: string, names: readonly (string | undefined)[]): Iterable<RuleProblem> {
  const seen = new Map<string, number>();
  for (const [index, name] of names.entries()) {
    if (name === undefined) continue;
    const first = seen.get(name);
    if (first === undefined) seen.set(name, index);
    else yield { path: [index], message: `the name of ${list}[${first}] again, want another` };
  }
}

/** The name of each item, as long as the list is not checked. */
export function namesOf(list: unknown): readonly (string | undefined)[] {
  if (!Array.isArray(list)) return [];
  return list.map((item: unknown) => {
    const name = typeof item === 'object' && item !== null && 'name' in item ? item.name : undefined;
    return typeof name === 'string' ? name : undefined;
  });
}
