import type { Texts } from '../text/texts.ts';
import type { Clock } from '../time/clock.ts';

/** How far back an answer goes that is not complete, and why no further. */
export interface Stop {
  readonly before: string;
  /** Of so many revisions, where it was not the time that was up. */
  readonly revisions?: number | undefined;
}

export function stoppedWords({ before, revisions }: Stop, { t }: Texts, clock: Clock): string {
  const time = clock.stamp(Date.parse(before));
  return revisions === undefined ? t('leftOutBefore', { time }) : t('leftOutRevisions', { n: revisions, time });
}
