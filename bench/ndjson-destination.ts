/** A destination of NDJSON that works or hangs, and notes when each revision arrived. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { preciseNow } from './precise-now.ts';

export class NdjsonDestination {
  hangs = false;
  /** When each revision came first, by resourceVersion, in milliseconds. */
  readonly arrivals = new Map<string, number>();
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (this.hangs) return;
      const at = preciseNow();
      for (const [, version = ''] of Buffer.concat(chunks).toString().matchAll(RESOURCE_VERSION)) {
        if (!this.arrivals.has(version)) this.arrivals.set(version, at);
      }
      response.end();
    });
  });

  /** Starts to listen; resolves with the URL. */
  async open(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** That of the event's metadata, which is the first of its line, is followed by others of the object it is about. */
const RESOURCE_VERSION = /^.*?"metadata":\{.*?"resourceVersion":"(\d+)"/gm;
