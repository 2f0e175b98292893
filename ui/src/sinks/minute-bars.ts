/** Minutes that there can be: a short life is drawn as what it is of an hour. */
export const MINUTES = 60;

/** A path of bars, the last minute at the right; what happened once is seen. */
export function barsOf(
  counts: readonly number[],
  { width, height }: { readonly width: number; readonly height: number },
): string {
  const most = Math.max(1, ...counts);
  const step = width / MINUTES;
  const left = width - counts.length * step;
  return counts
    .map((count, index) => {
      if (count === 0) return '';
      const bar = Math.max(1, Math.round((count / most) * height));
      return `M${left + index * step + 0.5} ${height}v-${bar}h${step - 1}v${bar}z`;
    })
    .join('');
}
