/** What a measurement is, and what it finds. */

export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** Absent: it explains another figure. */
  readonly target?: { readonly atLeast: number } | { readonly atMost: number };
}

export interface Measurement {
  /** `stored`: a directory for what one measurement leaves to the next, see full-store.ts. */
  measure(stored: string): Promise<readonly Figure[]>;
}

/**
 * How long a steady state is watched, from BENCH_SECONDS; longer runs also use more events. A figure for publication
 * needs 60 or more.
 */
export const SECONDS = Math.max(5, Number(process.env['BENCH_SECONDS'] ?? 60));

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** `met`, or by how much it was missed; nothing for a figure without a target. */
export function verdict({ value, target }: Figure): string {
  if (!target) return '';
  const missing = 'atLeast' in target ? 1 - value / target.atLeast : value / target.atMost - 1;
  return missing <= 0 ? 'met' : `**missed** by ${Math.ceil(missing * 100)} %`;
}

export function wanted({ target, unit }: Figure): string {
  if (!target) return '';
  return 'atLeast' in target ? `≥ ${amount(target.atLeast, unit)}` : `≤ ${amount(target.atMost, unit)}`;
}

/** Three digits are all that a run on a shared machine can tell. */
export function amount(value: number, unit: string): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toLocaleString('en', { maximumFractionDigits: digits })} ${unit}`;
}
