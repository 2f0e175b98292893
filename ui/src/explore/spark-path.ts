/** Bars as one path. A logarithm, since once must be seen beside a thousand times. */
export function sparkPath(counts: readonly number[], width: number, height: number): string {
  const step = width / counts.length;
  const most = Math.log1p(Math.max(1, ...counts));
  return counts
    .map((count, index) => {
      if (count === 0) return '';
      const bar = 3 + (height - 3) * (Math.log1p(count) / most);
      return `M${round(index * step)} ${height}v${-round(bar)}h${round(step - 1)}V${height}z`;
    })
    .join('');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
