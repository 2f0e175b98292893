/** Dead letters in full, whatever sink would not take them. */
import * as v from 'valibot';
import type { StoredDeadLetter } from '../../component/delivery-ledger.ts';
import { rfc3339 } from '../../core/rfc3339.ts';
import { stateAnswer } from './answers.ts';
import { type JsonApiContext, operation } from './operation.ts';
import { limitParameter } from './parameters.ts';
import { askForPath } from './path-access.ts';
import { Problem } from './problem.ts';
import { deadLetterCountsSchema, deadLetterListSchema, deadLetterSchema } from './sink-answers.ts';
import { afterParameter } from './sinks.ts';

export const listAllDeadLetters = operation({
  method: 'GET',
  path: '/dead-letters',
  summary: 'What sinks will never take as it is, with its record, oldest first; of sinks that are gone too.',
  parameters: {
    sink: v.exactOptional(v.pipe(v.string(), v.description('Only of this sink.'))),
    limit: limitParameter(200, 200),
    after: afterParameter,
  },
  answer: stateAnswer(deadLetterListSchema),
  async run(call) {
    await askForPath(call);
    const { limit, ...query } = call.parameters;
    const letters = await call.context.ledger.deadLetters({ ...query, limit: limit + 1 });
    const rows = letters.slice(0, limit).map((letter) => printed(letter, call.context));
    return { data: { rows, more: letters.length > limit } };
  },
});

export const countDeadLetters = operation({
  method: 'GET',
  path: '/dead-letters/counts',
  summary: 'How many of them there are, by sink; of sinks that are gone too.',
  parameters: {},
  answer: stateAnswer(deadLetterCountsSchema),
  async run(call) {
    await askForPath(call);
    const counts = await call.context.ledger.deadLetterCounts();
    return { data: Array.from(counts, ([sink, deadLetters]) => ({ sink, deadLetters })) };
  },
});

export const getDeadLetter = operation({
  method: 'GET',
  path: '/dead-letters/:id',
  summary: 'One of them.',
  parameters: {},
  answer: stateAnswer(deadLetterSchema),
  async run(call) {
    await askForPath(call);
    const { id = '' } = call.path;
    const letter = /^\d{1,15}$/.test(id) ? await call.context.ledger.deadLetter(Number(id)) : undefined;
    if (!letter) throw new Problem(404, `found no dead letter ${id}`);
    return { data: printed(letter, call.context) };
  },
});

function printed({ id, sink, key, at, failure, record }: StoredDeadLetter, { recordJson }: JsonApiContext) {
  const json = JSON.parse(recordJson(record)) as v.InferOutput<typeof deadLetterSchema>['record'];
  return { id, sink, key, at: rfc3339(at), ...failure, record: json };
}
