/**
 * How long a Retry-After header, of several the first, asks to wait; undefined without a readable one.
 * https://www.rfc-editor.org/rfc/rfc9110.html#name-retry-after (seconds, or a date)
 */
export function retryAfterMs(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  now: number = Date.now(),
): number | undefined {
  const [value] = [headers['retry-after']].flat();
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  // A date begins with its day, in each of its three forms; Date.parse takes much else for one.
  const instant = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(instant) ? undefined : Math.max(0, instant - now);
}
