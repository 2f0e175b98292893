import type { Severity } from '../../../src/core/severity.ts';

/** In a square of 12: a severity is told by its shape too. */
export const SEVERITY_SHAPES: Readonly<Record<Severity, string>> = {
  critical: 'M2 2h8v8H2z',
  warning: 'M6 1.5 11 10.5H1z',
  change: 'M6 .8 11.2 6 6 11.2.8 6z',
  normal: 'M9 6a3 3 0 1 1-6 0 3 3 0 0 1 6 0z',
};
