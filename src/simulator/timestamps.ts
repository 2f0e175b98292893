/** Instants as Go prints them: metav1.Time has seconds, metav1.MicroTime always six decimals. */

export function seconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

export function micros(nanos: bigint): string {
  const ms = Number(nanos / 1_000_000n);
  const fraction = (nanos / 1_000n) % 1_000_000n;
  return `${new Date(ms).toISOString().slice(0, 19)}.${fraction.toString().padStart(6, '0')}Z`;
}
