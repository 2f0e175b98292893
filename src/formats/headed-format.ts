/** What one message is where a text can have headers of its own: a request over HTTP, a message of Kafka. */
import * as v from 'valibot';
import type { Message } from '../component/message.ts';
import type { SinkContext } from '../component/sink.ts';
import { choice } from '../config/fields.ts';
import { AppError } from '../core/errors.ts';
import { createTextFormat, type TextFormat, textFormatConfig } from './text-format.ts';

/** The settings of {@link textFormatConfig}, and what of a CloudEvent is in headers. */
export const headedFormatConfig = {
  ...textFormatConfig,
  contentMode: v.optional(
    choice(
      ['structured', 'binary'],
      'With `format: cloudevents`, whether all of it is the content, or the event alone, and its attributes are headers.',
    ),
    'structured',
  ),
};

type HeadedFormatConfig = v.InferOutput<v.StrictObjectSchema<typeof headedFormatConfig, undefined>>;
type Headers = Readonly<Record<string, string>>;

export interface HeadedFormat extends TextFormat {
  /** What a message has beside its content type; names in lower case. Absent: nothing. */
  readonly headers?: (message: Message) => Headers;
}

/** `binary` makes the headers that carry a CloudEvent's attributes. Throws an AppError when the settings cannot work. */
export function createHeadedFormat(
  config: HeadedFormatConfig,
  context: Pick<SinkContext, 'name' | 'env'>,
  binary: (message: Message) => Headers,
): HeadedFormat {
  const text = createTextFormat(config, context);
  if (config.contentMode === 'structured') return text;
  const { format = 'tidings' } = config;
  if (format !== 'cloudevents') {
    throw new AppError('CONFIG_INVALID', `send contentMode: binary: found format ${format}, want cloudevents`);
  }
  return { ...createTextFormat({ enrich: false, format: 'kubernetes' }, context), headers: binary };
}
