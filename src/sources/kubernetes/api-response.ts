import type { Readable } from 'node:stream';
import { retryAfterMs } from '../../util/retry-after.ts';
import { ApiStatusError, parseStatus } from './api-status.ts';

/** An answer of any status. Whoever gets it reads the body to its end or destroys it. */
export interface ApiResponse {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Already decompressed. */
  readonly body: Readable;
  /** The secret that was sent: something that answers with what it was asked must not bring it into a message. */
  readonly secret?: string;
}

// A Status object is a few hundred bytes; more of a body than this is not worth reading for an error message.
const ERROR_BODY_BYTES = 64 * 1024;

/** The error an unsuccessful response stands for, its body read (and given up) for the message. Never rejects. */
export async function statusErrorOf(action: string, response: ApiResponse): Promise<ApiStatusError> {
  const read = await excerpt(response.body);
  const text = response.secret ? read.replaceAll(response.secret, '<redacted>') : read;
  return new ApiStatusError(action, {
    status: response.status,
    body: parseStatus(text) ?? text,
    retryAfterMs: retryAfterMs(response.headers),
  });
}

async function excerpt(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= ERROR_BODY_BYTES) break;
    }
  } catch {
    // The status alone says enough.
  }
  return Buffer.concat(chunks).toString();
}
