/** Coverage of two clusters: one watched as a whole, with breaks, and two namespaces of the other. */
import type { Break, ScopeCoverage } from '../../src/core/coverage.ts';

const MINUTE = 60_000;
export const NOW = new Date(2026, 2, 10, 12).getTime();
export const at = (minutesAgo: number): number => NOW - minutesAgo * MINUTE;
export const observed = (from: number, to: number) => ({ from: at(from), to: at(to) });
export const stopped = (from: number, to: number): Break => ({
  from: at(from),
  to: at(to),
  cause: 'stopped',
  healed: true,
  unknown: 'revisions',
});

export const WHOLE: ScopeCoverage = {
  cluster: 'prod',
  scope: '*',
  intervals: [observed(600, 300), observed(280, 0)],
  breaks: [stopped(300, 280)],
};
export const SHOP: ScopeCoverage = { cluster: 'stage', scope: 'shop', intervals: [observed(60, 0)], breaks: [] };
export const PAY: ScopeCoverage = { cluster: 'stage', scope: 'pay', intervals: [observed(60, 30)], breaks: [] };
