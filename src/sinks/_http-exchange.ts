import { linkedAbort } from '../util/linked-abort.ts';
import type { Dispatcher } from '../util/undici.ts';

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

/**
 * One request and its answer, of any status. Rejects when there is none, and with the signal's reason. By undici's lowest
 * interface: most answers are empty, and a stream for each costs as much as the request.
 */
export async function exchange(
  dispatcher: Dispatcher,
  { method, url, headers, body, answerBytes }: Exchange,
  signal: AbortSignal,
): Promise<Received> {
  const { promise, resolve, reject } = Promise.withResolvers<Received>();
  let abortRequest = (_reason: Error): void => {};
  const abort = (): void => {
    reject(signal.reason);
    abortRequest(signal.reason);
  };
  const chunks: Buffer[] = [];
  let size = 0;
  let wanted = 0;
  let head: Pick<Received, 'status' | 'headers'> | undefined;
  const settle = (end: Received['end']): void => {
    signal.removeEventListener('abort', abort);
    if (head) resolve({ ...head, body: Buffer.concat(chunks).subarray(0, wanted).toString(), end });
    else reject(end);
  };
  signal.throwIfAborted();
  signal.addEventListener('abort', abort, { once: true });
  dispatcher.dispatch(
    { origin: url.origin, path: url.pathname + url.search, method, headers, body: body ?? null },
    {
      onRequestStart(controller) {
        abortRequest = (reason) => controller.abort(reason);
        if (signal.aborted) abort();
      },
      onResponseStart(_, status, received) {
        if (status < 200) return;
        wanted = answerBytes(status);
        head = { status, headers: firstOfEach(received) };
      },
      onResponseData(controller, chunk) {
        if (size < wanted) chunks.push(chunk);
        size += chunk.length;
        if (size <= Math.max(wanted, DRAINED_BYTES)) return;
        settle('cut');
        controller.abort(new Error('the rest of the answer is not wanted'));
      },
      onResponseEnd: () => settle(size > wanted ? 'cut' : 'whole'),
      onResponseError: (_, error) => settle(error),
    },
  );
  return promise;
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
