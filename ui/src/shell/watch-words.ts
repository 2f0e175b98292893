import type { Meta } from '../api/questions.ts';
import type { Texts } from '../text/texts.ts';
import type { Clock } from '../time/clock.ts';

interface Watched {
  /** Undefined before the first answer. */
  readonly clusters: Meta['clusters'] | undefined;
  /** How long nothing was heard, when that is too long. */
  readonly silentMs: number | undefined;
}

export interface WatchState {
  readonly state: 'watching' | 'stale' | 'not-watching' | 'connecting';
  readonly words: string;
}

/** Whether anybody is looking, in the fewest words. */
export function watchStateOf({ clusters, silentMs }: Watched, { t, duration }: Texts, clock: Clock): WatchState {
  if (!clusters) return { state: 'connecting', words: t('connecting') };
  if (silentMs !== undefined) return { state: 'stale', words: t('lastHeard', { ago: duration(silentMs) }) };
  const [first] = clusters;
  if (!first) return { state: 'not-watching', words: t('neverWatched') };
  const watched = clusters.filter(({ watching }) => watching).length;
  if (watched < clusters.length && clusters.length > 1)
    return { state: 'not-watching', words: t('watchingSome', { watched, n: clusters.length }) };
  if (watched === 0) {
    const { observedUntil } = first;
    const words =
      observedUntil === undefined
        ? t('neverWatched')
        : t('notWatching', { time: clock.stamp(Date.parse(observedUntil)) });
    return { state: 'not-watching', words };
  }
  const words = clusters.length === 1 ? t('watching', { cluster: first.name }) : t('watchingAll', { n: watched });
  return { state: 'watching', words };
}
