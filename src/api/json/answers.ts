/** What the JSON API answers, as schemas: the OpenAPI document and the client's types are made of them. */
import * as v from 'valibot';
import { RECORD_API_VERSION } from '../../core/record.ts';
import { SEVERITIES } from '../../core/severity.ts';

export const described = <TSchema extends v.GenericSchema>(schema: TSchema, description: string) =>
  v.pipe(schema, v.description(description));

/** RFC 3339 in UTC, with milliseconds. */
export const time = v.pipe(v.string(), v.isoTimestamp());
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

const gapSchema = v.strictObject({
  from: time,
  to: time,
  cluster: v.string(),
  scope: described(v.string(), 'A namespace; `*`: all of them; `default/nodes`: only the events about nodes.'),
  cause: v.exactOptional(described(v.string(), 'Absent before the first observation, and while nobody observes.')),
  healed: described(v.boolean(), 'Everything alive at the end of it was read.'),
});

const coverageSchema = v.strictObject({
  share: described(share, 'How much of the range was watched; never rounded up.'),
  gaps: v.array(gapSchema),
});

const refusedSchema = v.exactOptional(
  described(
    v.array(v.strictObject({ cluster: v.string(), namespace: v.exactOptional(v.string()), detail: v.string() })),
    'What of the question the caller may not read, or nobody can say whether they may.',
  ),
);

const unevaluatedSchema = v.exactOptional(
  described(
    v.strictObject({ events: count, detail: v.string() }),
    'For how many events the filter could not be evaluated, at least, and why for the first of them.',
  ),
);

const beganSchema = v.exactOptional(
  described(
    v.array(v.strictObject({ cluster: v.string(), namespace: v.exactOptional(v.string()), at: time })),
    'Whose events the caller may see only from then on, when the namespace was created: before, another one had its name.',
  ),
);

const leftOutSchema = v.strictObject({
  refused: refusedSchema,
  began: beganSchema,
  before: v.exactOptional(
    described(time, 'What was last seen before it was not looked at: the time for an answer was up, or `revisions`.'),
  ),
  revisions: v.exactOptional(described(count, 'There are more revisions: only so many, the newest, were looked at.')),
  objects: v.exactOptional(described(count, 'There are more objects: only so many were looked at.')),
  unevaluated: unevaluatedSchema,
  gaps: v.exactOptional(described(count, 'More gaps than are listed.')),
});

export type LeftOut = v.InferOutput<typeof leftOutSchema>;

/** An answer about a range of time. */
export function rangeAnswer<TSchema extends v.GenericSchema>(data: TSchema) {
  return v.strictObject({
    range: v.strictObject({ from: time, to: time }),
    coverage: coverageSchema,
    lowerBound: described(v.boolean(), 'There may have been more: something was not watched, or left out.'),
    leftOut: v.exactOptional(leftOutSchema),
    tookMs: v.number(),
    data,
  });
}

/** An answer about how things are. */
export function stateAnswer<TSchema extends v.GenericSchema>(data: TSchema) {
  return v.strictObject({ tookMs: v.number(), data });
}

const objectSchema = v.strictObject({
  kind: v.string(),
  namespace: v.string(),
  name: v.string(),
  uid: v.string(),
  owners: v.exactOptional(
    described(
      v.array(v.strictObject({ kind: v.string(), name: v.string() })),
      'Its controllers, the nearest first, where they were looked up; none: nobody owns it.',
    ),
  ),
});

export const fieldEntries = {
  id: described(v.string(), 'The UID of the event and the resourceVersion of the revision: `UID/VERSION`.'),
  cluster: v.string(),
  uid: v.string(),
  severity: v.picklist(SEVERITIES),
  type: v.string(),
  reason: v.string(),
  namespace: described(v.string(), 'Of the event itself: events about nodes are in `default`.'),
  object: objectSchema,
  node: described(v.string(), 'It is about it or was reported from it; empty when that is not known.'),
  source: described(v.string(), 'The component that reported it.'),
  first: time,
  last: time,
  count: described(count, 'How often the event had occurred by this revision.'),
  message: described(v.string(), 'At most 512 bytes of it.'),
  messageBytes: count,
} as const;

const rowEntries = {
  ...fieldEntries,
  delta: described(count, 'How many of those this revision added.'),
  deleted: v.exactOptional(
    described(time, 'When it was received that somebody had deleted the event; absent for one that merely expired.'),
  ),
} as const;

export const eventRowSchema = v.strictObject(rowEntries);

export type EventRow = v.InferOutput<typeof eventRowSchema>;

export const eventRowsSchema = v.strictObject({
  rows: v.array(eventRowSchema),
  next: v.exactOptional(described(v.string(), 'The `cursor` of the next page; absent when there is none.')),
});

export const seriesRowsSchema = v.strictObject({
  rows: v.array(
    v.strictObject({
      ...rowEntries,
      spark: v.exactOptional(
        described(v.array(count), 'Its occurrences over the range, in 32 parts; absent where the time was up.'),
      ),
    }),
  ),
  next: v.exactOptional(described(v.string(), 'The `cursor` of the next page; absent when there is none.')),
});

export const eventSchema = v.strictObject({
  ...rowEntries,
  message: v.string(),
  received: described(time, "By Tidings' own clock."),
  origin: v.picklist(['watch', 'list', 'import']),
  raw: described(v.record(v.string(), v.unknown()), 'The event as core/v1 serves it.'),
  revisions: described(
    v.array(v.strictObject({ id: v.string(), last: time, count, delta: count })),
    'The stored revisions of the event, newest first.',
  ),
});

export const clusterSchema = v.strictObject({
  name: v.string(),
  watching: described(v.boolean(), 'Whether it was observed within the last 5 minutes.'),
  observedUntil: v.exactOptional(time),
});

export const metaSchema = v.strictObject({
  version: v.string(),
  now: time,
  zone: described(v.string(), 'The time zone of Tidings itself.'),
  clusters: v.array(clusterSchema),
  retentionFrom: v.exactOptional(described(time, 'Last seen of the oldest event.')),
  rights: v.strictObject({
    administer: described(v.boolean(), 'Operating sinks.'),
    sinks: described(v.boolean(), 'Seeing how sinks are doing, where something is delivered.'),
  }),
  severities: v.array(v.picklist(SEVERITIES)),
});

const breakSchema = v.strictObject({
  from: time,
  to: time,
  cause: v.string(),
  healed: v.boolean(),
  unknown: v.picklist(['revisions', 'frame']),
  detail: v.exactOptional(v.string()),
});

export const coverageCellsSchema = v.strictObject({
  start: time,
  stepMs: count,
  scopes: v.array(
    v.strictObject({
      cluster: v.string(),
      scope: v.string(),
      cells: described(v.array(share), 'How much of each step was watched.'),
      breaks: v.array(breakSchema),
    }),
  ),
});

export const ledgerSchema = v.strictObject({
  scopes: v.array(
    v.strictObject({
      cluster: v.string(),
      scope: v.string(),
      observed: described(v.array(v.strictObject({ from: time, to: time })), 'Ascending and disjoint.'),
      breaks: v.array(breakSchema),
    }),
  ),
  refused: refusedSchema,
  began: beganSchema,
});

/** A Tidings record, which has more fields than are named here. */
export const recordSchema = described(
  v.looseObject({
    apiVersion: v.literal(RECORD_API_VERSION),
    kind: v.literal('EventRecord'),
    deletedAt: v.exactOptional(described(time, 'When it was received that somebody had deleted the event.')),
  }),
  'A record as docs/reference/formats.md describes it.',
);

const exportEndSchema = v.strictObject({
  apiVersion: v.literal(RECORD_API_VERSION),
  kind: v.literal('ExportEnd'),
  next: v.exactOptional(described(v.string(), 'The `cursor` of what follows; absent when there is nothing more.')),
  refused: refusedSchema,
  began: beganSchema,
  unevaluated: unevaluatedSchema,
});

/** One line. */
export const exportedSchema = v.variant('kind', [
  recordSchema,
  described(exportEndSchema, 'The last line: without it the answer broke off.'),
]);

export const histogramSchema = v.strictObject({
  start: time,
  stepMs: count,
  keys: described(v.array(v.nullable(v.string())), 'Null stands for all others.'),
  counts: described(v.array(v.array(count)), 'Occurrences, by key, then by step.'),
  lower: described(
    v.array(v.boolean()),
    'By step: there may have been more, since not all of it was watched or counted.',
  ),
  total: count,
});

const valueCountsSchema = v.array(v.strictObject({ value: v.string(), occurrences: count }));

export const completionSchema = described(valueCountsSchema, 'The most frequent first.');

export const facetsSchema = v.record(
  v.string(),
  v.strictObject({
    values: described(valueCountsSchema, 'The most frequent first.'),
    more: described(count, 'How many other values there are.'),
  }),
);

/** There is nothing more to say. */
export const doneSchema = v.strictObject({});

/** The data of one server-sent event. */
export const streamedSchema = v.union([
  described(v.array(eventRowSchema), 'Of `rows`.'),
  described(v.array(recordSchema), 'Of `records`.'),
  described(v.strictObject({ until: time, detail: v.string() }), 'Of `gap`: what was stored until then was not sent.'),
  described(v.strictObject({ now: time, clusters: v.array(clusterSchema) }), 'Of `beat`.'),
]);

export const savedQuerySchema = v.strictObject({
  name: v.string(),
  q: v.exactOptional(v.string()),
  cel: v.exactOptional(v.string()),
  from: v.exactOptional(v.string()),
  to: v.exactOptional(v.string()),
  cluster: v.exactOptional(v.array(v.string())),
  namespace: v.exactOptional(v.array(v.string())),
  savedAt: time,
});
