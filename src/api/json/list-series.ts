/** Events at their latest revision, page by page, with when they occurred. */
import * as v from 'valibot';
import type { Spread } from '../../component/history.ts';
import type { Interval } from '../../core/coverage.ts';
import { rangeAnswer, seriesRowsSchema } from './answers.ts';
import { eventRow } from './event-row.ts';
import { listParameters, nextOf, pageOf, stopOf } from './list-events.ts';
import { operation } from './operation.ts';
import { rangeAnswerOf } from './range-answer.ts';

const SPARK_PARTS = 32;
const ORDERS = ['last', 'count', 'first'] as const;

export const listSeries = operation({
  method: 'GET',
  path: '/series',
  summary: 'Events at their latest revision in the range, newest first by last seen.',
  parameters: {
    ...listParameters,
    order: v.exactOptional(
      v.pipe(
        v.picklist(ORDERS, `one of ${ORDERS.join(', ')}`),
        v.description('The last seen first, those of the highest count, or those that began last.'),
      ),
      'last',
    ),
    spark: v.exactOptional(
      v.pipe(
        v.boolean('true or false'),
        v.description('Whether rows say when they occurred, which takes reading all revisions.'),
      ),
      true,
    ),
  },
  answer: rangeAnswer(seriesRowsSchema),
  async run(asked) {
    const { history } = asked.context;
    const { order, spark } = asked.parameters;
    const { question, page } = await pageOf(asked, async ({ query, ...options }, range) => {
      const found = await (order === 'last'
        ? history.page(query, options)
        : history.ranked(query, { ...options, by: order }));
      return { ...found, sparks: spark ? await history.spread(found.events, sparkOf(range), options.signal) : [] };
    });
    const rows = page.events.map((event, index) => {
      const ofRow = page.sparks[index];
      return { ...eventRow(event), ...(ofRow && { spark: [...ofRow] }) };
    });
    return rangeAnswerOf(history, question, { rows, ...nextOf(question.range, page.next) }, stopOf(page));
  },
});

/** The range in so many parts as a small picture has. */
export function sparkOf({ from, to }: Interval): Spread {
  return { start: from, step: Math.ceil((to - from + 1) / SPARK_PARTS), count: SPARK_PARTS };
}
