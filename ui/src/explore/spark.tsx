import type { Severity } from '../../../src/core/severity.ts';
import { sparkPath } from './spark-path.ts';

const WIDTH = 96;
const HEIGHT = 16;

/** When an event happened, over the range; what it says in numbers is in the drawer. */
export function Spark({ counts, severity }: { readonly counts: readonly number[]; readonly severity: Severity }) {
  return (
    <svg className="spark" data-severity={severity} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <path d={sparkPath(counts, WIDTH, HEIGHT)} />
    </svg>
  );
}
