/** What one message is as a text of its own: a line, a body, a value. */
import * as v from 'valibot';
import type { Message } from '../component/message.ts';
import type { Needs, SinkContext } from '../component/sink.ts';
import { choice } from '../config/fields.ts';
import { toCoreV1 } from '../core/event-conversion.ts';

/** How a message becomes text. Throws where it cannot: the message becomes a dead letter. */
export interface TextFormat {
  /** A media type. */
  readonly contentType: string;
  /** One line, unless a template of the operator's says otherwise. */
  text(message: Message): string;
  readonly needs?: Needs;
}

/** The settings by which every sink that sends texts lets its operator choose one. */
export const textFormatConfig = {
  format: v.optional(
    choice(
      ['kubernetes'],
      'What is sent for a record: `kubernetes` the event as the API server would serve it in core/v1.',
    ),
    'kubernetes',
  ),
};

export type TextFormatConfig = v.InferOutput<v.StrictObjectSchema<typeof textFormatConfig, undefined>>;

/** Throws an AppError when the settings cannot work. */
export function createTextFormat(_config: TextFormatConfig, _context: Pick<SinkContext, 'name' | 'env'>): TextFormat {
  return { contentType: 'application/json', text: ({ record }) => JSON.stringify(toCoreV1(record.body)) };
}
