import type { Dispatcher } from '../util/undici.ts';

/** Of a URL: where the connection leads, and what the request asks for there. */
export interface Address {
  readonly origin: string;
  readonly path: string;
}

export interface Exchange {
  readonly method: string;
  readonly address: Address;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** How long it may take, connecting and the whole answer included. */
  readonly timeoutMs: number;
  /** How much of an answer's body is wanted. */
  readonly answerBytes: (status: number) => number;
}

export interface Received {
  readonly status: number;
  /** Names in lower case; of several of one name, all. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** `cut` when there was more than wanted, and it does not matter what; an error when the connection broke within it. */
  readonly end: 'whole' | 'cut' | Error;
}

/** What of a body nobody wants is read, so that the connection can be used again. */
const DRAINED_BYTES = 64 * 1024;

export function addressOf({ origin, pathname, search }: URL): Address {
  return { origin, path: pathname + search };
}

/**
 * One request and its answer, of any status. Rejects when there is none, with a TimeoutError after `timeoutMs`, and with the
 * signal's reason. By undici's lowest interface: most answers are empty, and a stream for each costs as much as the
 * request.
 */
export function exchange(
  dispatcher: Dispatcher,
  { method, address, headers, body, timeoutMs, answerBytes }: Exchange,
  signal: AbortSignal,
): Promise<Received> {
  return new Promise((resolve, reject) => {
    let request: Dispatcher.DispatchController | undefined;
    let aborted: Error | undefined;
    const chunks: Buffer[] = [];
    let size = 0;
    let wanted = 0;
    let head: Pick<Received, 'status' | 'headers'> | undefined;
    const release = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    };
    const fail = (reason: unknown): void => {
      release();
      reject(reason);
    };
    const abort = (reason: Error): void => {
      aborted = reason;
      fail(reason);
      request?.abort(reason);
    };
    const settle = (end: Received['end']): void => {
      if (!head) return fail(end);
      release();
      resolve({ ...head, body: Buffer.concat(chunks).toString('utf8', 0, wanted), end });
    };
    const stop = (): void => abort(signal.reason);
    const timeout = (): void => abort(new DOMException(`no answer within ${timeoutMs / 1000} s`, 'TimeoutError'));
    const timer = setTimeout(timeout, timeoutMs);
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(controller) {
        request = controller;
        if (aborted) controller.abort(aborted);
      },
      onResponseStart(_, status, received) {
        if (status < 200) return;
        wanted = answerBytes(status);
        head = { status, headers: received };
      },
      onResponseData(controller, chunk) {
        if (size < wanted) chunks.push(chunk);
        size += chunk.length;
        if (size <= Math.max(wanted, DRAINED_BYTES)) return;
        settle('cut');
        controller.abort(new Error('the rest of the answer is not wanted'));
      },
      onResponseEnd: () => settle(size > wanted ? 'cut' : 'whole'),
      onResponseError(_, error) {
        settle(error);
        // A proxy's answer of 407 is told as an error while the rest of it may still be to come, for ever.
        request?.abort(error);
      },
    };
    try {
      dispatcher.dispatch({ ...address, method, headers, body: body ?? null }, handler);
    } catch (error) {
      fail(error);
    }
  });
}
