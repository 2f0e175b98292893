import type { Texts } from '../text/texts.ts';
import type { Clock } from '../time/clock.ts';

/** How far back an answer goes that is not complete. */
export function stoppedWords(before: string, { t }: Texts, clock: Clock): string {
  return t('leftOutBefore', { time: clock.stamp(Date.parse(before)) });
}
