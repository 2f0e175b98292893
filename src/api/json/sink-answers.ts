/** What the JSON API answers about sinks, and about what they could not deliver. */
import * as v from 'valibot';
import { FAILURE_REASONS } from '../../component/sink.ts';
import { count, described, fieldEntries, recordSchema, time } from './answers.ts';
import { problemSchema } from './problem.ts';

const failureEntries = { reason: v.picklist(FAILURE_REASONS), problem: v.string() } as const;

export const sinkSchema = v.strictObject({
  name: v.string(),
  type: v.string(),
  state: described(
    v.picklist(['delivering', 'failing', 'paused']),
    '`failing`: the destination takes nothing at the moment.',
  ),
  lagRecords: described(count, 'Records in the log that the sink is not done with, at most.'),
  lagMs: described(count, 'How long ago the oldest of them was received.'),
  rate: described(v.number(), 'Records a second in the last minute.'),
  deadLetters: count,
  missed: described(count, 'Records that were deleted before the sink had them, at most.'),
  lastFailure: v.exactOptional(v.strictObject({ at: time, ...failureEntries })),
});

export const sinkActivitySchema = v.strictObject({
  delivered: v.strictObject({
    start: time,
    stepMs: count,
    counts: described(v.array(count), 'Records that were taken, of the last hour and since the sink was opened.'),
  }),
  failures: described(
    v.array(v.strictObject({ since: time, at: time, times: count, ...failureEntries })),
    'The latest 20, newest first; one that came again and again is one.',
  ),
});

export const recordDeliveriesSchema = v.array(
  v.strictObject({
    sink: v.string(),
    state: described(
      v.picklist(['waiting', 'passed', 'dead-letter']),
      '`passed`: taken, unless routes held it back, or a seek or a later beginning of the sink passed it over.',
    ),
    isLed: v.exactOptional(
      described(v.boolean(), 'Whether routes lead it there, as they are now; absent where that takes its object.'),
    ),
    ahead: v.exactOptional(described(count, 'While it waits: records up to it, and it, at most.')),
    failure: v.exactOptional(v.strictObject({ at: time, ...failureEntries })),
  }),
);

export const deadLettersSchema = v.strictObject({
  rows: v.array(v.strictObject({ id: count, at: time, ...failureEntries, event: v.strictObject(fieldEntries) })),
  more: v.boolean(),
});

export const deadLetterSchema = v.strictObject({
  id: count,
  sink: v.string(),
  key: described(v.string(), 'The identity of its record.'),
  at: time,
  ...failureEntries,
  record: recordSchema,
});

export const deadLetterListSchema = v.strictObject({ rows: v.array(deadLetterSchema), more: v.boolean() });

export const deadLetterCountsSchema = v.array(v.strictObject({ sink: v.string(), deadLetters: count }));

export const outcomeSchema = v.variant('status', [
  v.strictObject({ status: v.literal('ok') }),
  v.strictObject({ status: v.literal('retry'), afterMs: v.exactOptional(v.number()), ...failureEntries }),
  v.strictObject({ status: v.literal('reject'), ...failureEntries }),
]);

export const retriedSchema = v.array(v.strictObject({ id: count, outcome: outcomeSchema }));

export const replayProgressSchema = v.strictObject({
  done: described(v.boolean(), 'No other line follows.'),
  progress: v.exactOptional(
    v.strictObject({
      read: described(count, 'Revisions read so far; what is not in the other counts is under way.'),
      delivered: count,
      rejected: count,
      filtered: described(count, 'Not wanted, or not led to the sink by the routes.'),
      reached: v.exactOptional(described(time, 'When the last one read was last seen.')),
      problem: v.exactOptional(v.strictObject(failureEntries)),
    }),
  ),
  problem: v.exactOptional(problemSchema),
  records: v.exactOptional(described(count, 'Of a dry run: how many revisions it would be.')),
  atLeast: v.exactOptional(described(v.boolean(), 'Of a dry run: not all of them were counted.')),
});
