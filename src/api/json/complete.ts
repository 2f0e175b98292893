/** What somebody who types a value may mean. */
import * as v from 'valibot';
import { COMPLETED_FIELDS, type CompletedField, DIMENSIONS, type Dimension } from '../../core/dimensions.ts';
import { rfc3339 } from '../../core/rfc3339.ts';
import { workloadOf } from '../../core/workload.ts';
import { withoutKey } from '../../lang/short-form.ts';
import { completionSchema, rangeAnswer } from './answers.ts';
import { countedBy, ranked } from './dimension-counts.ts';
import { type Call, operation } from './operation.ts';
import { limitParameter, rangeParameters } from './parameters.ts';
import { inTurn, type Question, questionOf } from './question.ts';
import { rangeAnswerOf } from './range-answer.ts';

const COMPLETE_MS = 500;
/** Objects whose names are looked at. */
const OBJECTS = 500;
/** Of the involved object, with its kind. */
const NAMES = { name: undefined, pod: 'Pod', node: 'Node', workload: undefined } as const;

export const complete = operation({
  method: 'GET',
  path: '/complete',
  summary: 'Values of a field that begin so, with their occurrences in the range, without what `q` says of the field.',
  parameters: {
    ...rangeParameters,
    field: v.exactOptional(
      v.pipe(
        v.picklist(COMPLETED_FIELDS, `one of ${COMPLETED_FIELDS.join(', ')}`),
        v.description('A key of the short form.'),
      ),
      'reason',
    ),
    prefix: v.exactOptional(
      v.pipe(
        v.string(),
        v.maxLength(253, 'at most 253 characters'),
        v.description(`What it begins with. Of objects, ${OBJECTS} of that name are looked at; without it the newest.`),
      ),
      '',
    ),
    limit: limitParameter(100, 12),
  },
  answer: rangeAnswer(completionSchema),
  async run(asked) {
    const { context, parameters } = asked;
    const { field, prefix, limit, q } = parameters;
    const question = await questionOf(asked, parameters);
    const { range } = question;
    const wider =
      q === undefined ? question : await questionOf(asked, { ...parameters, q: withoutKey(q, field) }, { range });
    const { query } = wider;
    const found = await inTurn(asked, question, () =>
      isDimension(field) ? valuesOf(asked, query, { field, prefix }) : namesOf(asked, query, { field, prefix }),
    );
    const { countedFrom, lookedAt } = found;
    const leftOut = {
      ...(countedFrom !== undefined && { before: rfc3339(countedFrom) }),
      ...(lookedAt !== undefined && { objects: lookedAt }),
    };
    const values = found.values.slice(0, limit).map(([value, occurrences]) => ({ value, occurrences }));
    return rangeAnswerOf(context.history, wider, values, leftOut);
  },
});

interface Found {
  readonly values: readonly (readonly [value: string, occurrences: number])[];
  readonly countedFrom?: number | undefined;
  readonly lookedAt?: number | undefined;
}

function isDimension(field: CompletedField): field is Dimension {
  return (DIMENSIONS as readonly string[]).includes(field);
}

async function valuesOf(
  { context, signal }: Call,
  query: Question['query'],
  { field, prefix }: { readonly field: Dimension; readonly prefix: string },
): Promise<Found> {
  const stopping = AbortSignal.any([signal, AbortSignal.timeout(COMPLETE_MS)]);
  const { counts, countedFrom } = await context.history.counts(query, { ...countedBy(field), signal: stopping });
  const wanted = prefix.toLowerCase();
  const values = counts
    .map(({ key, occurrences }) => ({ value: key, occurrences }))
    .filter(({ value }) => value !== '' && value.toLowerCase().startsWith(wanted));
  return { values: ranked(values, field), countedFrom };
}

async function namesOf(
  { context, signal }: Call,
  query: Question['query'],
  { field, prefix }: { readonly field: keyof typeof NAMES; readonly prefix: string },
): Promise<Found> {
  const kind = NAMES[field];
  const stopping = AbortSignal.any([signal, AbortSignal.timeout(COMPLETE_MS)]);
  const { names, lookedAt } = await context.history.names(query, {
    prefix,
    owned: field === 'workload',
    limit: OBJECTS,
    signal: stopping,
    ...(kind !== undefined && { kind }),
  });
  const named = names.map((object) => ({
    value: field === 'workload' ? workloadOf(object).name : object.name,
    occurrences: object.occurrences,
  }));
  // What somebody who types a pod's name has typed of it may be more than its workload's.
  return {
    values: ranked(
      named.filter(({ value }) => value.startsWith(prefix)),
      'kind',
    ),
    lookedAt,
  };
}
