/** What one message is as a text of its own: a line, a body, a value. */
import * as v from 'valibot';
import type { Message } from '../component/message.ts';
import type { Needs, SinkContext } from '../component/sink.ts';
import { choice, data, flag } from '../config/fields.ts';
import { rule } from '../config/rule.ts';
import { AppError } from '../core/errors.ts';
import { clientGoEventJson, eventrouterJson } from './client-go-event.ts';
import { CLOUD_EVENT_CONTENT_TYPE, cloudEventJson } from './cloud-event.ts';
import type { EventTemplate } from './event-template.ts';
import { kubernetesJson } from './kubernetes-json.ts';
import { compileLayout, layoutProblems } from './layout.ts';
import { otlpLogRecord, otlpLogs } from './otlp-log.ts';
import { prepareTemplates, template, templateCompiler, templateTimezone } from './template-field.ts';
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

interface NamedFormat extends TextFormat {
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
  'client-go': { contentType: JSON_TYPE, enrichable: false, text: ({ record }) => clientGoEventJson(record.body) },
  eventrouter: { contentType: JSON_TYPE, enrichable: false, text: eventrouterJson, needs: { previous: true } },
} as const satisfies Readonly<Record<string, NamedFormat>>;

/** The settings by which every sink that sends texts lets its operator choose one. */
export const textFormatConfig = {
  format: v.exactOptional(
    choice(
      ['tidings', 'kubernetes', 'cloudevents', 'otlp', 'client-go', 'eventrouter'],
      'What is sent for a record: `tidings` the event with what Tidings knows of it, `kubernetes` the event as the API server serves it in core/v1, `cloudevents` a CloudEvent, `otlp` a log of OpenTelemetry, `client-go` the event as Go programs marshal it, `eventrouter` that with a verb and the event before it. All of them are JSON in one line.',
      { unset: '`tidings`' },
    ),
  ),
  template: v.exactOptional(
    template('Instead of `format`: a Go template of the whole text that is sent.', { unset: 'by `format`' }),
  ),
  layout: v.exactOptional(
    v.pipe(
      data('Instead of `format`: a value that is sent as JSON. Each text in it is a Go template.', {
        unset: 'by `format`',
        prepare: prepareTemplates,
      }),
      rule(layoutProblems),
    ),
  ),
  timezone: v.exactOptional(templateTimezone()),
  enrich: v.optional(
    flag(
      'Whether labels, annotations, owners and node of the involved object are sent as well. `tidings` and `otlp` have a place for them; a template or layout need not ask.',
    ),
    false,
  ),
};

export type TextFormatConfig = v.InferOutput<v.StrictObjectSchema<typeof textFormatConfig, undefined>>;

/** Throws an AppError when the settings cannot work. */
export function createTextFormat(config: TextFormatConfig, { env }: Pick<SinkContext, 'name' | 'env'>): TextFormat {
  const { format = 'tidings', template: source, layout, timezone, enrich } = config;
  const chosen = (['format', 'template', 'layout'] as const).filter((setting) => config[setting] !== undefined);
  if (chosen.length > 1) throw unfit('records', chosen.join(' and '), 'one of format, template and layout');
  const isOurs = source !== undefined || layout !== undefined;
  if (enrich && (isOurs || !FORMATS[format].enrichable)) {
    throw unfit('enriched records', isOurs ? chosen.join() : `format ${format}`, 'format tidings or otlp');
  }
  if (!isOurs) {
    if (timezone) throw unfit('times in a zone', `format ${format}`, 'a template or a layout');
    const { contentType, text, needs }: NamedFormat = FORMATS[format];
    return { contentType, text, ...((needs || enrich) && { needs: { ...needs, ...(enrich && { object: true }) } }) };
  }
  const compile = templateCompiler({ env, ...(timezone && { timezone }) });
  return source === undefined
    ? rendered(JSON_TYPE, compileLayout(layout, compile))
    : rendered('text/plain; charset=utf-8', compile('template', source));
}

function rendered(contentType: string, { render, needsObject }: EventTemplate): TextFormat {
  return { contentType, text: render, ...(needsObject && { needs: { object: true } }) };
}

function unfit(wish: string, found: string, wanted: string): AppError {
  return new AppError('CONFIG_INVALID', `send ${wish}: found ${found}, want ${wanted}`);
}
