import * as v from 'valibot';
import type { EventQuery } from '../../component/history.ts';
import { Problem } from './problem.ts';

export const objectParameters = {
  object: v.exactOptional(
    v.pipe(
      v.string(),
      v.regex(/^[^/]*\/[^/]+$/, 'KIND/NAME, such as Pod/web-0'),
      v.description(
        'The involved object, as `KIND/NAME`; of any kind without the former. Found by itself, without a scan.',
      ),
    ),
  ),
  objectUid: v.exactOptional(v.pipe(v.string(), v.description('The UID of the object: one of its incarnations.'))),
} as const;

export interface ObjectParameters {
  readonly object?: string;
  readonly objectUid?: string;
}

/** Throws {@link Problem} 400. */
export function objectOf({ object, objectUid: uid }: ObjectParameters): Pick<EventQuery, 'object'> {
  if (object === undefined) {
    if (uid === undefined) return {};
    throw new Problem(400, 'objectUid: found it alone, want object too', { parameter: 'objectUid' });
  }
  const [kind = '', name = ''] = object.split('/');
  return { object: { name, ...(kind !== '' && { kind }), ...(uid !== undefined && { uid }) } };
}
