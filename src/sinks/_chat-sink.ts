/** What the sinks of all chats do alike: one message is one request, and its text is made when it is encoded. */
import type { Outcome, Sink } from '../component/sink.ts';
import type { ChatFormat, ChatMessage } from '../formats/chat-message.ts';

export interface ChatSinkOptions {
  readonly format: ChatFormat;
  /** The body of a request, within the vendor's limits. */
  readonly render: (message: ChatMessage) => string;
  readonly send: (body: string, signal: AbortSignal) => Promise<Outcome>;
  readonly close: () => Promise<void>;
}

/** For `limits` of every definition: a chat takes one message a request, and few of them are as large as this. */
export const CHAT_LIMITS = { maxRecords: 1, maxBytes: 128 * 1024 };

/** For `delivery` of every definition. */
export const CHAT_DELIVERY =
  'At least once, and in order. A chat knows no idempotency key: a message whose answer was lost, after a crash say, may be seen twice.';

export function chatSink({ format, render, send, close }: ChatSinkOptions): Sink<string> {
  return {
    ...(format.needs && { needs: format.needs }),
    encode(message) {
      const value = render(format.message(message));
      return { value, bytes: Buffer.byteLength(value) };
    },
    deliver: (batch, signal) => Promise.all(batch.map((body) => send(body, signal))),
    close,
  };
}

/** How severe it is, before the title, in a chat that has no other colour for it. */
export const SEVERITY_SIGNS = { info: '', warning: '\u26a0\ufe0f ', error: '\u{1f534} ' } as const;
