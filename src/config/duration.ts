const UNITS_MS = {
  y: 365 * 86_400_000,
  w: 7 * 86_400_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
} as const;

// Each unit at most once, the larger first, whole numbers: as Prometheus writes durations
// (https://prometheus.io/docs/prometheus/latest/configuration/configuration/#configuration-file).
export const DURATION_PATTERN = /^(?=\d)(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$/;

// Keeps every instant that is reckoned from a duration inside what a Date can hold.
const LONGEST_MS = 1000 * UNITS_MS.y;

/** Milliseconds of a duration such as `90d`, `1h30m` or `250ms`; undefined for anything else, and above 1000 years. */
export function parseDuration(text: string): number | undefined {
  if (!DURATION_PATTERN.test(text)) return undefined;
  let ms = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|[ywdhms])/g)) {
    ms += Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS];
  }
  return ms <= LONGEST_MS ? ms : undefined;
}
