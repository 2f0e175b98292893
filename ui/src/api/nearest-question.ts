import { queryOptions } from '@tanstack/react-query';
import { nearestRevision } from './nearest-revision.ts';
import { type EventRow, metaQuestion } from './questions.ts';
import { type Asked, rangeParameters } from './range-parameters.ts';
import { tidings } from './tidings.ts';

export interface Nearest {
  readonly row: EventRow;
  /** The same event at another revision, the newest that is asked for, or the oldest there is. */
  readonly is: 'same' | 'asked' | 'oldest';
}

const REVISIONS = 200;

/** What is kept in the place of an event that is not; null where nothing is. */
export function nearestQuestion(id: string, asked: Asked) {
  const parameters = rangeParameters(asked);
  const { q: _q, cel: _cel, ...range } = { q: '', cel: '', ...parameters };
  const [uid = '', version = ''] = id.split('/');
  return queryOptions({
    queryKey: ['nearest', id, parameters],
    async queryFn({ client, signal }): Promise<Nearest | null> {
      const cel = `event.metadata.uid == ${JSON.stringify(uid)}`;
      const { data: revisions } = await tidings.events({ ...range, cel, limit: REVISIONS }, { signal });
      const same = nearestRevision(revisions.rows, version);
      if (same) return { row: same, is: 'same' };
      const { data: newest } = await tidings.events({ ...parameters, limit: 1 }, { signal });
      if (newest.rows[0]) return { row: newest.rows[0], is: 'asked' };
      const { retentionFrom } = (await client.ensureQueryData(metaQuestion)).data;
      if (retentionFrom === undefined) return null;
      const first = { ...range, from: retentionFrom, to: retentionFrom, limit: 1 };
      const [oldest] = (await tidings.events(first, { signal })).data.rows;
      return oldest ? { row: oldest, is: 'oldest' } : null;
    },
  });
}
