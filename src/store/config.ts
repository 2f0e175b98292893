import * as v from 'valibot';
import { duration, path } from '../config/fields.ts';

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
  }),
  v.description('How long events are kept.'),
);
