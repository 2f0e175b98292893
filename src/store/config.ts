import * as v from 'valibot';
import { bytes, duration, path } from '../config/fields.ts';

/** Where the store is kept; without it, `resolveDataDir` decides. */
export const dataConfig = path('The directory that holds the store. It is made when it does not exist.', {
  unset: '`$XDG_DATA_HOME/tidings`, else `~/.local/share/tidings`',
});

/** How long events are kept. `age` in milliseconds. */
export const retentionConfig = v.pipe(
  v.strictObject({
    age: v.exactOptional(
      duration('Events that were last seen longer ago than this are deleted.', { unset: 'kept for ever' }),
    ),
    hold: v.optional(
      bytes('How much may stay beyond `age` for sinks that are behind. What they lose then is counted as missed.'),
      '1GiB',
    ),
  }),
  v.description('How long events are kept.'),
);
