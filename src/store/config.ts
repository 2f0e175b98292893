import * as v from 'valibot';
import { bytes, duration, path } from '../config/fields.ts';

/** Where the store is kept; without it, `resolveDataDir` decides. */
export const dataConfig = path('The directory that holds the store. It is made when it does not exist.', {
  unset: '`$XDG_DATA_HOME/tidings`, else `~/.local/share/tidings`',
});

/** How long events are kept. `age` in milliseconds, the others in bytes. */
export const retentionConfig = v.pipe(
  v.strictObject({
    age: v.exactOptional(
      duration('Events that were last seen longer ago than this are deleted.', { unset: 'kept for ever' }),
    ),
    size: v.exactOptional(
      bytes('While the store uses more than this, the oldest events are deleted.', { unset: 'what the volume has' }),
    ),
    hold: v.optional(
      bytes(
        'How much may stay beyond `age` and `size` for sinks that are behind. What they lose then is counted as missed.',
      ),
      '1GiB',
    ),
    minFreeSpace: v.optional(
      bytes('Nothing stays for sinks that are behind while the volume has less free space than this.'),
      '256MiB',
    ),
  }),
  v.description('How long events are kept.'),
);
