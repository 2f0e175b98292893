/** What the JSON API answers to pictures of many events, and about one object. */
import * as v from 'valibot';
import { SEVERITIES } from '../../core/severity.ts';
import { count, described, time } from './answers.ts';

const linkedBy = v.exactOptional(
  described(
    v.picklist(['owner', 'name']),
    'By what its objects are known to belong to it: all by their owner references, or some by the names that controllers give alone.',
  ),
);

const laneSchema = v.strictObject({
  id: v.string(),
  parent: v.exactOptional(described(v.string(), 'The `id` of the lane that was opened.')),
  cluster: v.string(),
  kind: described(v.string(), 'Of a workload empty where no name tells.'),
  namespace: v.string(),
  name: described(v.string(), 'Empty for what is on no node that is known.'),
  score: described(
    v.number(),
    'By how much and how severe it is; lanes come in this order, opened ones before theirs.',
  ),
  count: described(count, 'Occurrences, of its opened lanes too.'),
  linkedBy,
});

const incarnationEntries = {
  uid: v.string(),
  node: described(v.string(), 'Empty where no event tells.'),
  start: described(time, 'When the first event about it began.'),
  end: v.exactOptional(described(time, 'When it was last seen, if what was seen then ended it.')),
  cause: v.exactOptional(described(v.string(), 'The reason of that event.')),
} as const;

const indices = v.array(count);

const marksSchema = v.strictObject({
  t0: described(v.number(), 'Milliseconds since 1970 of the first one.'),
  dt: described(indices, 'Milliseconds after the one before.'),
  lane: described(indices, 'Its place in `lanes`.'),
  severity: described(indices, 'Its place in `dict.severities`.'),
  reason: described(indices, 'Its place in `dict.reasons`.'),
  count: described(indices, 'Occurrences.'),
  id: v.array(v.string()),
});

export type Marks = v.InferOutput<typeof marksSchema>;

const densitySchema = v.strictObject({
  t0: described(v.number(), 'Milliseconds since 1970 at which the first bucket begins.'),
  stepMs: count,
  buckets: count,
  cells: v.strictObject({ lane: indices, bucket: indices, severity: indices, count: indices }),
});

const dictSchema = v.strictObject({ severities: v.array(v.picklist(SEVERITIES)), reasons: v.array(v.string()) });

export const timelineSchema = v.strictObject({
  lanes: v.array(laneSchema),
  incarnations: described(
    v.array(v.strictObject({ lane: count, ...incarnationEntries })),
    'Of the pods that have a lane of their own in an opened one, by lane, then by time.',
  ),
  unlocated: v.exactOptional(
    described(count, 'Of how many of these it was not looked up on which node, and since when: of so many at most.'),
  ),
  marks: v.exactOptional(described(marksSchema, 'Revisions by time, in columns.')),
  density: v.exactOptional(described(densitySchema, 'In place of marks where there are more than `max`.')),
  dict: dictSchema,
});

export type Timeline = v.InferOutput<typeof timelineSchema>;

const namedSchema = v.strictObject({ kind: v.string(), namespace: v.string(), name: v.string() });

export const objectSummarySchema = v.strictObject({
  object: namedSchema,
  owners: described(v.array(namedSchema), 'From the nearest to the workload.'),
  linkedBy,
  node: described(v.string(), 'The latest one that an event names; empty when none does.'),
  occurrences: count,
  incarnations: described(
    v.array(
      v.strictObject({
        cluster: v.string(),
        kind: v.string(),
        name: v.string(),
        ...incarnationEntries,
        occurrences: count,
      }),
    ),
    'One a UID, the last seen first: of a workload its own and those of what belongs to it.',
  ),
  more: described(count, 'How many other incarnations there are.'),
  reasons: described(
    v.array(
      v.strictObject({
        reason: v.string(),
        severity: v.picklist(SEVERITIES),
        occurrences: count,
        last: time,
        spark: described(v.array(count), 'Over the range, in 32 parts.'),
      }),
    ),
    'The most frequent first.',
  ),
  marks: described(marksSchema, 'Revisions by time, in columns: the lane of one is its place in `incarnations`.'),
  dict: dictSchema,
});

export type ObjectSummary = v.InferOutput<typeof objectSummarySchema>;
