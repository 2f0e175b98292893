/** Records as they are stored, some at a time, for another Tidings and for its commands. */
import * as v from 'valibot';
import type { EventQuery } from '../../component/history.ts';
import { RECORD_API_VERSION } from '../../core/record.ts';
import { exportedSchema } from './answers.ts';
import { CSV, MARKDOWN } from './export-text.ts';
import { cursorParameter, parseCursor, printCursor } from './list-cursor.ts';
import { PAGE_MS } from './list-events.ts';
import { type ObjectParameters, objectOf, objectParameters } from './object-parameters.ts';
import { operation } from './operation.ts';
import { limitParameter, namesParameter, rangeParameters } from './parameters.ts';
import { inTurn, type Question, questionOf } from './question.ts';
import { hiddenOf } from './range-answer.ts';
import { StreamedAnswer } from './streamed-answer.ts';

/** Held in memory at a time. */
const BATCH = 500;

const { tz: _tz, ...range } = rangeParameters;

const exportParameters = {
  ...range,
  type: namesParameter('Of these types, as `Warning`. May be repeated.'),
  reason: namesParameter('Of these reasons. May be repeated.'),
  ...objectParameters,
  revisions: v.exactOptional(
    v.pipe(
      v.boolean('true or false'),
      v.description('Every revision of an event instead of its latest one in the range.'),
    ),
    false,
  ),
  order: v.exactOptional(
    v.pipe(
      v.picklist(['oldest-first', 'newest-first'], 'oldest-first or newest-first'),
      v.description('By last seen.'),
    ),
    'oldest-first',
  ),
  limit: limitParameter(10_000, 1_000),
  cursor: cursorParameter,
  format: v.exactOptional(
    v.pipe(
      v.picklist(['jsonl', 'csv', 'md'], 'jsonl, csv or md'),
      v.description(
        'Records as JSON, or the same fields as lists have as comma-separated values, or as a table in Markdown.',
      ),
    ),
    'jsonl',
  ),
} as const;

const RECORDS = 'application/x-ndjson';
const TEXTS = { csv: { type: 'text/csv', text: CSV }, md: { type: 'text/markdown', text: MARKDOWN } } as const;

export const exportRecords = operation({
  method: 'GET',
  path: '/export',
  summary: 'Events in full as Tidings records, a line each; the last line tells where to go on.',
  parameters: exportParameters,
  answer: exportedSchema,
  streamed: RECORDS,
  texts: Object.values(TEXTS).map(({ type }) => type),
  async run(asked) {
    const { context, parameters, signal } = asked;
    const cursor = parameters.cursor === undefined ? undefined : parseCursor(parameters.cursor);
    const question = await questionOf(asked, parameters, { range: cursor?.range });
    const query = queryOf(question, parameters);
    const { revisions, order, limit } = parameters;
    const stopping = AbortSignal.any([signal, AbortSignal.timeout(PAGE_MS)]);
    const pageAfter = (after: string | undefined, left: number) =>
      inTurn(asked, question, () =>
        context.history.page(query, {
          revisions,
          order,
          limit: Math.min(left, BATCH),
          signal: stopping,
          ...(after !== undefined && { after }),
        }),
      );
    // Before anything is streamed, so that what is wrong with the cursor has its own answer.
    let page = await pageAfter(cursor?.after, limit);
    const as = parameters.format === 'jsonl' ? undefined : TEXTS[parameters.format];
    return new StreamedAnswer(as?.type ?? RECORDS, async (send) => {
      if (as) await send(as.text.head);
      for (let left = limit; ; page = await pageAfter(page.next, left)) {
        for (const event of page.events) await send(as ? as.text.line(event) : `${context.recordJson(event)}\n`);
        left -= page.events.length;
        if (page.next === undefined || left === 0 || stopping.aborted) break;
      }
      const end = endOf(question, page.next);
      if (!as) await send(`${JSON.stringify(end)}\n`);
      else for (const remark of remarksOf(end)) await send(as.text.remark(remark));
    });
  },
});

function queryOf(
  { query }: Question,
  { type, reason, ...object }: ObjectParameters & { readonly type?: string[]; readonly reason?: string[] },
): EventQuery {
  return { ...query, ...(type && { types: type }), ...(reason && { reasons: reason }), ...objectOf(object) };
}

type End = Extract<v.InferOutput<typeof exportedSchema>, { kind: 'ExportEnd' }>;

function remarksOf({ next, refused = [], began = [], unevaluated }: End): string[] {
  return [
    ...(next === undefined ? [] : [`There are more: go on with cursor=${next}`]),
    ...refused.map(
      ({ cluster, namespace = 'all namespaces', detail }) => `Left out ${cluster}, ${namespace}: ${detail}`,
    ),
    ...began.map(
      ({ cluster, namespace, at }) => `Left out ${cluster}, ${namespace}: what was before it was created, at ${at}`,
    ),
    ...(unevaluated
      ? [`Left out ${unevaluated.events} of which the filter cannot be evaluated: ${unevaluated.detail}`]
      : []),
  ];
}

function endOf(question: Question, next: string | undefined): End {
  const { range, unevaluated } = question;
  return {
    apiVersion: RECORD_API_VERSION,
    kind: 'ExportEnd',
    ...(next !== undefined && { next: printCursor({ range, after: next }) }),
    ...hiddenOf(question),
    ...(unevaluated.events > 0 && { unevaluated: { ...unevaluated } }),
  };
}
