/** What one message is as a text of its own: a line, a body, a value. */
import * as v from 'valibot';
import type { Message } from '../component/message.ts';
import type { Needs, SinkContext } from '../component/sink.ts';
import { choice, flag } from '../config/fields.ts';
import { AppError } from '../core/errors.ts';
import { CLOUD_EVENT_CONTENT_TYPE, cloudEventJson } from './cloud-event.ts';
import { kubernetesJson } from './kubernetes-json.ts';
import { otlpLogRecord, otlpLogs } from './otlp-log.ts';
import { tidingsRecordJson } from './tidings-record.ts';

/** How a message becomes text. Throws where it cannot: the message becomes a dead letter. */
export interface TextFormat {
  /** A media type. */
  readonly contentType: string;
  /** One line, unless a template of the operator's says otherwise. */
  readonly text: (message: Message) => string;
  readonly needs?: Needs;
}

const JSON_TYPE = 'application/json';

interface NamedFormat extends Omit<TextFormat, 'needs'> {
  /** It has a place for what is known of the involved object. */
  readonly enrichable: boolean;
}

const FORMATS = {
  tidings: { contentType: JSON_TYPE, enrichable: true, text: tidingsRecordJson },
  kubernetes: { contentType: JSON_TYPE, enrichable: false, text: ({ record }) => kubernetesJson(record.body) },
  cloudevents: { contentType: CLOUD_EVENT_CONTENT_TYPE, enrichable: false, text: cloudEventJson },
  otlp: {
    contentType: JSON_TYPE,
    enrichable: true,
    text: (message) =>
      JSON.stringify(otlpLogs([{ cluster: message.record.cluster, logRecord: otlpLogRecord(message) }])),
  },
} as const satisfies Readonly<Record<string, NamedFormat>>;

/** The settings by which every sink that sends texts lets its operator choose one. */
export const textFormatConfig = {
  format: v.exactOptional(
    choice(
      ['tidings', 'kubernetes', 'cloudevents', 'otlp'],
      'What is sent for a record: `tidings` the event with what Tidings knows of it, `kubernetes` the event as the API server serves it in core/v1, `cloudevents` a CloudEvent, `otlp` a log of OpenTelemetry. All of them are JSON in one line.',
      { unset: '`tidings`' },
    ),
  ),
  enrich: v.optional(
    flag(
      'Whether labels, annotations, owners and node of the involved object are sent as well. `tidings` and `otlp` have a place for them.',
    ),
    false,
  ),
};

export type TextFormatConfig = v.InferOutput<v.StrictObjectSchema<typeof textFormatConfig, undefined>>;

/** Throws an AppError when the settings cannot work. */
export function createTextFormat(config: TextFormatConfig, _context: Pick<SinkContext, 'name' | 'env'>): TextFormat {
  const { format: name = 'tidings' } = config;
  const { enrichable, ...format }: NamedFormat = FORMATS[name];
  if (!config.enrich) return format;
  if (enrichable) return { ...format, needs: { object: true } };
  throw new AppError('CONFIG_INVALID', `send enriched records: found format ${name}, want tidings or otlp`);
}
