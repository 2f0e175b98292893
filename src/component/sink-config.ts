/** The configuration of the sinks: what each brings itself, within what all of them have. */
import * as v from 'valibot';
import { namesOf, repeatedNames } from '../config/distinct-names.ts';
import { parseDuration } from '../config/duration.ts';
import { bytes, duration, integer, parsed, text } from '../config/fields.ts';
import { rule } from '../config/rule.ts';
import { parseTimestamp } from '../core/time.ts';
import type { BatchLimits, SinkDefinition, SinkEntries } from './sink.ts';
import type { SinkStart } from './sink-start.ts';

/** One sink as it was configured. (No interface: valibot wants objects that any key can be read from.) */
export type SinkConfig = {
  /** Distinct; the sink's position is kept under it. */
  readonly name: string;
  /** What to create it by, from `settings`. */
  readonly definition: SinkDefinition;
  readonly from: SinkStart;
  readonly batch: BatchConfig;
  /** As the definition's schema checked them. */
  readonly settings: SinkSettings;
};

/** Within the limits of the sink's definition. */
export interface BatchConfig {
  readonly records: number;
  readonly bytes: number;
  /** How long a batch that is not full may wait for more, in milliseconds; absent: not at all. */
  readonly delay?: number;
}

export type SinkSettings = v.InferOutput<v.StrictObjectSchema<SinkEntries, undefined>>;

/** The schema of the list of sinks, each of the type of one of the definitions. */
export function sinksConfig(definitions: readonly SinkDefinition[]): v.GenericSchema<unknown, readonly SinkConfig[]> {
  return v.pipe(
    v.array(v.variant('type', definitions.map(sinkConfig))),
    rule((sinks) => repeatedNames('sinks', namesOf(sinks))),
    v.description(
      'Where records are delivered to. Each sink reads at its own pace and goes on where it left off. Without `routes` each gets every record; with them, only what a route leads to it.',
    ),
    v.metadata({ unset: 'none' }),
  );
}

// https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
const name = text('What the sink is called by routes, metrics and commands. Its position is kept under this name.', {
  pattern: /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/,
  wanted: 'up to 63 lower-case letters, digits and "-" inside, in quotes when all are digits',
});

const from = v.optional(
  parsed(
    parseStart,
    'Where the sink begins when it has no position yet: `now`, `beginning`, a duration back, or an RFC 3339 time. What is found by the first look at a cluster is not news to a sink that begins `now`.',
    {
      wanted: 'now, beginning, a duration such as 12h or a time such as 2026-01-31T08:00:00Z',
      pattern: /^(?:now|beginning|(?:\d+[a-z]+)+|\d{4}-\d\d-\d\dT.+)$/,
    },
  ),
  'now',
);

function sinkConfig(definition: SinkDefinition) {
  const { type, summary, delivery, examples } = definition;
  const kind = v.pipe(v.literal(type), v.description('What the sink delivers to. Its other settings depend on it.'));
  return v.pipe(
    v.strictObject({ ...definition.config, name, type: kind, from, batch: batchConfig(type, definition.limits) }),
    v.description(`${summary} ${delivery}`),
    v.metadata({ examples: examples.map(({ title, config }) => exampleFile(type, title, config)) }),
    v.transform(({ name: own, from: start, batch, ...others }): SinkConfig => {
      const { type: _, ...settings } = others;
      return { name: own, definition, from: start, batch, settings };
    }),
  );
}

function batchConfig(type: string, { maxRecords, maxBytes }: BatchLimits) {
  const most = `the most that ${type} takes at once`;
  return v.optional(
    v.pipe(
      v.strictObject({
        records: v.optional(
          v.pipe(
            integer('How many records one delivery may hold.', { minimum: 1, maximum: maxRecords }),
            v.metadata({ wanted: `a whole number from 1 to ${maxRecords}, ${most}` }),
          ),
          maxRecords,
        ),
        bytes: v.optional(
          v.pipe(
            bytes('How large one delivery may be, about. A record that is larger is delivered alone.'),
            v.minValue(1),
            v.maxValue(maxBytes),
            v.metadata({ wanted: `a size up to ${formatBytes(maxBytes)}, ${most}` }),
          ),
          formatBytes(maxBytes),
        ),
        delay: v.exactOptional(
          duration('How long a delivery that is not full waits for more records.', {
            unset: 'what is there is delivered at once',
          }),
        ),
      }),
      v.description('What is delivered at once.'),
    ),
    {},
  );
}

const TIME = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

function parseStart(written: string): SinkStart | undefined {
  if (written === 'now' || written === 'beginning') return { kind: written };
  const ms = parseDuration(written);
  if (ms) return { kind: 'ago', ms };
  const date = TIME.exec(written)?.[1];
  // What is no day of the calendar would be taken for one of the next month.
  const midnight = parseTimestamp(date);
  if (midnight === undefined || new Date(midnight).toISOString().slice(0, 10) !== date) return undefined;
  const time = parseTimestamp(written);
  return time === undefined ? undefined : { kind: 'time', time };
}

/** A whole file with the one sink. */
function exampleFile(type: string, title: string, config: string): string {
  const settings = config.trimEnd().split('\n');
  const lines = [`- name: ${type}`, `  type: ${type}`, ...settings.map((line) => `  ${line}`)];
  return ['# '.concat(title), 'sinks:', ...lines.map((line) => `  ${line}`.trimEnd())].join('\n');
}

const UNITS = [
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
  ['MB', 1e6],
  ['KB', 1e3],
] as const;

function formatBytes(size: number): string {
  const [unit, factor] = UNITS.find(([, bytesEach]) => size % bytesEach === 0) ?? ['B', 1];
  return `${size / factor}${unit}`;
}
