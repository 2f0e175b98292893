import type { TextKey, Texts } from '../text/texts.ts';

const CAUSES: Readonly<Record<string, Extract<TextKey, `cause${string}`>>> = {
  stopped: 'causeStopped',
  unreachable: 'causeUnreachable',
  refused: 'causeRefused',
  expired: 'causeExpired',
  rewound: 'causeRewound',
  oversized: 'causeOversized',
  invalid: 'causeInvalid',
};

/** Why nobody watched; a cause that is newer than this page by its name. */
export function causeWords(cause: string, t: Texts['t']): string {
  const key = CAUSES[cause];
  return key === undefined ? cause : t(key);
}
