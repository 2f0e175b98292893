import type { Dimension } from '../../../src/core/dimensions.ts';
import type { InkToken } from '../theme/ink.ts';

const CATEGORIES: readonly InkToken[] = [
  'category-0',
  'category-1',
  'category-2',
  'category-3',
  'category-4',
  'category-5',
];
const SEVERITIES: ReadonlySet<string> = new Set(['critical', 'warning', 'change', 'normal']);

/** What each part of a stack is drawn in; all others, which have no name, in the same grey. */
export function stackColours(by: Dimension, keys: readonly (string | null)[]): readonly InkToken[] {
  return keys.map((key, place) => {
    if (key === null) return 'category-other';
    if (by === 'severity' && SEVERITIES.has(key)) return key as InkToken;
    return CATEGORIES[place] ?? 'category-other';
  });
}
