/** In milliseconds, comparable between processes. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}
