import * as v from 'valibot';
import { DIMENSIONS, type Dimension, MOST_COUNTS } from '../../core/dimensions.ts';
import { rfc3339 } from '../../core/rfc3339.ts';
import { withoutKey } from '../../lang/short-form.ts';
import { facetsSchema, rangeAnswer } from './answers.ts';
import { countedByAll, ranked } from './dimension-counts.ts';
import { operation } from './operation.ts';
import { limitParameter, rangeParameters, timeoutParameter } from './parameters.ts';
import { inTurn, questionOf, type RangeParameters } from './question.ts';
import { rangeAnswerOf } from './range-answer.ts';

export const getFacets = operation({
  method: 'GET',
  path: '/facets',
  summary: 'The most frequent values of fields, each without what `q` says of the field itself.',
  parameters: {
    ...rangeParameters,
    fields: v.exactOptional(
      v.pipe(
        v.array(v.picklist(DIMENSIONS, `one of ${DIMENSIONS.join(', ')}`)),
        v.description('May be repeated; all when absent.'),
      ),
      [...DIMENSIONS],
    ),
    top: limitParameter(MOST_COUNTS, 10),
    timeoutSeconds: timeoutParameter,
  },
  answer: rangeAnswer(facetsSchema),
  async run(asked) {
    const { context, parameters } = asked;
    const question = await questionOf(asked, parameters);
    // Namespaces are counted apart, so that the others are found without them.
    const fields = Map.groupBy(new Set(parameters.fields), (field) =>
      JSON.stringify([textFor(field, parameters), field === 'namespace']),
    );
    const count = async () => {
      const signal = AbortSignal.any([asked.signal, AbortSignal.timeout(parameters.timeoutSeconds * 1_000)]);
      const each = [...fields.values()].map(async (alike) => {
        const text = alike[0] && textFor(alike[0], parameters);
        const own = { ...parameters, ...(text !== undefined && { q: text }) };
        const { query, unevaluated } = await questionOf(asked, own, { range: question.range });
        const counts = await context.history.counts(query, { ...countedByAll(alike), signal });
        return { alike, unevaluated, ...counts };
      });
      return Promise.all(each);
    };
    const counted = await inTurn(asked, question, count);
    const facets = counted.flatMap(({ alike, counts }) => {
      const found = counts.map(({ key, occurrences }) => ({ values: JSON.parse(key) as string[], occurrences }));
      return alike.map((field, index) => {
        const ofField = found.map(({ values, occurrences }) => ({ value: values[index] ?? '', occurrences }));
        const values = ranked(ofField, field);
        const shown = values.slice(0, parameters.top).map(([value, occurrences]) => ({ value, occurrences }));
        return [field, { values: shown, more: values.length - shown.length }] as const;
      });
    });
    const stops = counted.flatMap(({ countedFrom }) => countedFrom ?? []);
    const leftOut = stops.length === 0 ? {} : { before: rfc3339(Math.max(...stops)) };
    // Much the same events are met by each count: those of the one that met most.
    const [unevaluated = question.unevaluated] = counted
      .map((one) => one.unevaluated)
      .toSorted((a, b) => b.events - a.events);
    return rangeAnswerOf(context.history, { ...question, unevaluated }, Object.fromEntries(facets), leftOut);
  },
});

/** So that the other values stay in sight. */
function textFor(field: Dimension, { q }: RangeParameters): string | undefined {
  return q === undefined ? undefined : withoutKey(q, field);
}
