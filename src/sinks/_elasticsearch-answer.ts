/** What a server says of each document of a bulk request. */
import * as v from 'valibot';
import type { Outcome } from '../component/sink.ts';
import { statusOutcome } from './_http-outcome.ts';

/** The parts of the answer that are asked for: https://www.elastic.co/docs/reference/elasticsearch/rest-apis/common-options */
export const ANSWER_PARTS =
  'filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by.reason';

const itemAnswer = v.object({
  status: v.number(),
  error: v.exactOptional(
    v.object({
      type: v.optional(v.string(), ''),
      reason: v.nullish(v.string(), ''),
      caused_by: v.exactOptional(v.object({ reason: v.nullish(v.string(), '') })),
    }),
  ),
});
/** Each item has one member, named by what was done. */
const bulkAnswer = v.pipe(v.string(), v.parseJson(), v.object({ items: v.array(v.record(v.string(), itemAnswer)) }));

/** What `GET /` says; `distribution` is OpenSearch's alone. */
const rootAnswer = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    cluster_name: v.string(),
    version: v.object({ number: v.string(), distribution: v.optional(v.string(), 'elasticsearch') }),
  }),
);

/** Which cluster it is, for people; undefined for what is no answer of one. */
export function clusterOf(body: string): string | undefined {
  const parsed = v.safeParse(rootAnswer, body);
  if (!parsed.success) return undefined;
  const { cluster_name: name, version } = parsed.output;
  return `cluster ${name.slice(0, 100)} is ${version.distribution.slice(0, 50)} ${version.number.slice(0, 50)}`;
}

type ItemAnswer = v.InferOutput<typeof itemAnswer>;

/**
 * Told with status 400, but about the index, not the document: no room for another shard, which somebody makes, and a
 * data stream where an index is wanted.
 */
const NOT_THE_DOCUMENT = /maximum (?:\w+ )?shards open|op_type of create are allowed in data streams/;

/** Undefined for what is no answer to so many documents. */
export function bulkOutcomes(
  body: string,
  count: number,
  problem: (found: string) => string,
): readonly Outcome[] | undefined {
  const parsed = v.safeParse(bulkAnswer, body);
  const items = parsed.success ? parsed.output.items.flatMap((item) => Object.values(item)) : [];
  return items.length === count ? items.map((item) => itemOutcome(item, problem)) : undefined;
}

function itemOutcome(item: ItemAnswer, problem: (found: string) => string): Outcome {
  const { status, error } = item;
  // The id says which revision of which event it is: it is there from an earlier attempt.
  if (status === 409 && error?.type === 'version_conflict_engine_exception') return { status: 'ok' };
  const words = [error?.type, error?.reason, error?.caused_by?.reason].filter((text) => text);
  const outcome = statusOutcome(status, {}, (title) => problem([title, ...words].join(': ')));
  return outcome.status === 'reject' && NOT_THE_DOCUMENT.test(words.join())
    ? { ...outcome, status: 'retry', reason: 'other' }
    : outcome;
}
