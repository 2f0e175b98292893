import type { BreakCause } from './coverage.ts';

/** Why observation was interrupted, or is incomplete, in words that can end a sentence. */
export const BREAK_CAUSES: Readonly<Record<BreakCause, string>> = {
  stopped: 'Tidings was not running',
  unreachable: 'the API server could not be reached',
  refused: 'the API server refused access',
  expired: 'the API server had dropped the position',
  rewound: 'the cluster was restored or rebuilt',
  oversized: 'an event above the size limit was skipped',
  invalid: 'something that is not an event was skipped',
};
