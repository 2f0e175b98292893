/**
 * What a message is in a chat, before a vendor's markup: every text is plain, and whoever renders it takes care that
 * nothing in it can become a mention, a link or markup.
 */
import * as v from 'valibot';
import type { Message } from '../component/message.ts';
import type { Needs, SinkContext } from '../component/sink.ts';
import { string } from '../config/fields.ts';

export type Severity = 'info' | 'warning' | 'error';

export interface ChatMessage {
  readonly title: string;
  readonly text: string;
  readonly severity: Severity;
  readonly fields: readonly ChatField[];
  readonly links: readonly ChatLink[];
  /** Where it comes from, and how many more were held back. */
  readonly footer: string;
  /** When the event was last seen, in milliseconds. */
  readonly time: number;
}

export interface ChatField {
  readonly name: string;
  readonly value: string;
  /** Fits beside another. */
  readonly short: boolean;
}

export interface ChatLink {
  readonly text: string;
  /** From the configuration, never from an event. */
  readonly url: string;
}

export interface ChatFormat {
  message(message: Message): ChatMessage;
  readonly needs?: Needs;
}

/** The settings by which every chat sink lets its operator write the message. */
export const chatFormatConfig = {
  title: v.exactOptional(string('The title: a Go template.', { unset: 'reason and object' })),
  text: v.exactOptional(string('The text: a Go template.', { unset: "the event's message" })),
};

export type ChatFormatConfig = v.InferOutput<v.StrictObjectSchema<typeof chatFormatConfig, undefined>>;

/** Throws an AppError when the settings cannot work. */
export function createChatFormat(_config: ChatFormatConfig, _context: Pick<SinkContext, 'name' | 'env'>): ChatFormat {
  return {
    message({ record, folded }) {
      const { body, subject, cluster, time } = record;
      const name = subject.namespace ? `${subject.namespace}/${subject.name}` : (subject.name ?? '');
      return {
        title: `${body.reason}: ${subject.kind} ${name}`,
        text: body.message ?? '',
        severity: body.type === 'Warning' ? 'warning' : 'info',
        fields: [{ name: 'Cluster', value: cluster, short: true }],
        links: [],
        footer: folded > 0 ? `${folded} more` : '',
        time,
      };
    },
  };
}
