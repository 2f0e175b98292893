import type { Dispatcher } from 'undici';
import { linkedAbort } from '../util/linked-abort.ts';

export interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** How much of an answer's body is wanted. */
  readonly answerBytes: (status: number) => number;
}

export interface Received {
  readonly status: number;
  /** Names in lower case; of several of one name, the first. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** `cut` when there was more than wanted, and it does not matter what; an error when the connection broke within it. */
  readonly end: 'whole' | 'cut' | Error;
}

/** What of a body nobody wants is read, so that the connection can be used again. */
const DRAINED_BYTES = 64 * 1024;

/** One request and its answer, of any status. Rejects when there is none, and with the signal's reason. */
export async function exchange(
  dispatcher: Dispatcher,
  { method, url, headers, body, answerBytes }: Exchange,
  signal: AbortSignal,
): Promise<Received> {
  const response = await dispatcher.request({
    origin: url.origin,
    path: url.pathname + url.search,
    method,
    headers,
    body: body ?? null,
    signal,
  });
  const wanted = answerBytes(response.statusCode);
  const chunks: Buffer[] = [];
  let size = 0;
  let end: Received['end'] = 'whole';
  try {
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      if (size < wanted) chunks.push(chunk);
      size += chunk.length;
      if (size > wanted) end = 'cut';
      if (size > Math.max(wanted, DRAINED_BYTES)) break;
    }
  } catch (error) {
    signal.throwIfAborted();
    end = error instanceof Error ? error : new Error(String(error));
  }
  const received = Buffer.concat(chunks).subarray(0, wanted).toString();
  return { status: response.statusCode, headers: firstOfEach(response.headers), body: received, end };
}

/** Does the work with a signal that is aborted by `signal`, or with a TimeoutError once `ms` are over. */
export async function within<T>(
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { controller, unlink } = linkedAbort([signal]);
  const timeout = (): void => controller.abort(new DOMException(`no answer within ${ms / 1000} s`, 'TimeoutError'));
  const timer = setTimeout(timeout, ms);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    unlink();
  }
}

function firstOfEach(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const first: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const text = Array.isArray(value) ? value[0] : value;
    if (text !== undefined) first[name] = text;
  }
  return first;
}
