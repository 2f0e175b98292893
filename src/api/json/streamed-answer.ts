/** An answer that comes bit by bit for as long as somebody reads it. */
import type { ServerResponse } from 'node:http';

/** For how long what was sent may stay unread; then the reader is cut off, since it is kept for them alone. */
const UNREAD_MS = 10_000;

export type StreamType = 'text/event-stream' | 'application/x-ndjson' | 'text/csv' | 'text/markdown';

/** Resolves when there is room for more, or when the reader has gone. */
export type Send = (text: string) => Promise<void>;

export class StreamedAnswer {
  readonly type: StreamType;
  readonly #write: (send: Send) => Promise<void>;

  /** `write` resolves when there is no more, or when the reader has gone. */
  constructor(type: StreamType, write: (send: Send) => Promise<void>) {
    this.type = type;
    this.#write = write;
  }

  /** Rejects as `write` does; the connection is closed in any case. */
  async writeTo(response: ServerResponse, unreadMs = UNREAD_MS): Promise<void> {
    response.writeHead(200, {
      'Content-Type':
        this.type === 'text/csv' || this.type === 'text/markdown' ? `${this.type}; charset=utf-8` : this.type,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      // Or nginx keeps it until there is enough of it.
      'X-Accel-Buffering': 'no',
    });
    response.flushHeaders();
    try {
      await this.#write((text) => send(response, text, unreadMs));
      response.end();
    } catch (error) {
      response.destroy();
      throw error;
    }
  }
}

async function send(response: ServerResponse, text: string, unreadMs: number): Promise<void> {
  if (response.destroyed || response.write(text)) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => response.destroy(), unreadMs);
  response.once('drain', resolve).once('close', resolve);
  await promise;
  clearTimeout(timer);
  response.off('drain', resolve).off('close', resolve);
}
