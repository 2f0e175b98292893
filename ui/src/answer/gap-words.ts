import { type Gap, missedMs } from '../chart/gaps.ts';
import type { TextKey, Texts } from '../text/texts.ts';
import type { TimeRange } from '../time/time-range.ts';

const CAUSES = {
  stopped: 'causeStopped',
  unreachable: 'causeUnreachable',
  refused: 'causeRefused',
  expired: 'causeExpired',
  rewound: 'causeRewound',
  oversized: 'causeOversized',
  invalid: 'causeInvalid',
} as const satisfies Readonly<Record<string, TextKey>>;

/** Why nobody looked; a cause that is newer than this page by its name. */
export function causeWords(cause: string, t: Texts['t']): string {
  const key = (CAUSES as Readonly<Record<string, (typeof CAUSES)[keyof typeof CAUSES]>>)[cause];
  return key === undefined ? cause : t(key);
}

/** How much of a stretch nobody looked at, and why, as far as that is known; undefined when somebody did. */
export function gapWords(gaps: readonly Gap[], stretch: TimeRange, { t, list, duration }: Texts): string | undefined {
  const missed = missedMs(gaps, stretch);
  if (missed === 0) return undefined;
  const within = gaps.filter(({ from, to }) => from < stretch.to && to > stretch.from);
  const causes = [...new Set(within.flatMap((gap) => gap.causes))].map((cause) => causeWords(cause, t));
  if (causes.length === 0) return t('notWatched', { duration: duration(missed) });
  return t('notWatchedBecause', { duration: duration(missed), causes: list(causes) });
}
