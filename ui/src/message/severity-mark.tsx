import type { Severity } from '../../../src/core/severity.ts';
import { useTexts } from '../text/language.ts';

const SHAPES: Readonly<Record<Severity, string>> = {
  critical: 'M2 2h8v8H2z',
  warning: 'M6 1.5 11 10.5H1z',
  change: 'M6 .8 11.2 6 6 11.2.8 6z',
  normal: 'M9 6a3 3 0 1 1-6 0 3 3 0 0 1 6 0z',
};

interface SeverityMarkProps {
  readonly severity: Severity;
  /** Its name stands beside it. */
  readonly isNamed?: boolean;
}

/** A severity by its colour and its shape. */
export function SeverityMark({ severity, isNamed = false }: SeverityMarkProps) {
  const { t } = useTexts();
  const said = isNamed ? ({ 'aria-hidden': true } as const) : { role: 'img', 'aria-label': t(severity) };
  return (
    <svg className="severity-mark" data-severity={severity} viewBox="0 0 12 12" {...said}>
      <path d={SHAPES[severity]} />
    </svg>
  );
}
