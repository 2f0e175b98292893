import type { Severity } from '../../../src/core/severity.ts';
import { useTexts } from '../text/language.ts';
import { SEVERITY_SHAPES } from './severity-shapes.ts';

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
      <path d={SEVERITY_SHAPES[severity]} />
    </svg>
  );
}
