/** Asking the Tidings that runs on a data directory. The API is that of src/api/admin.ts. */
import { type IncomingMessage, request } from 'node:http';
import { createInterface } from 'node:readline';
import { adminSocket, socketPathProblem } from '../app/admin-socket.ts';
import { AppError, ERRORS, type ErrorCode, messageOf } from '../core/errors.ts';

interface AdminError {
  readonly code?: string;
  readonly message: string;
  readonly hint?: string;
}

export class AdminClient {
  readonly #socketPath: string;
  readonly #signal: AbortSignal | undefined;

  constructor(dataDir: string, signal: AbortSignal | undefined) {
    this.#socketPath = adminSocket(dataDir);
    this.#signal = signal;
  }

  /** The answer; the same program wrote it, so its word is taken for the shape. Rejects as what is asked for does. */
  async ask<T extends object>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
    const { value } = await this.lines<T>(method, path, body).next();
    if (value !== undefined) return value;
    throw new AppError('ADMIN_FAILED', `${method} ${path} on ${this.#socketPath}: found an empty answer`);
  }

  /** The lines of an answer that comes bit by bit. */
  async *lines<T extends object>(method: 'GET' | 'POST', path: string, body?: unknown): AsyncGenerator<T, undefined> {
    const response = await this.#request(method, path, body);
    try {
      for await (const line of createInterface({ input: response })) {
        const answer = JSON.parse(line) as T | { readonly error: AdminError };
        if ('error' in answer) throw toAppError(answer.error);
        yield answer;
      }
    } catch (cause) {
      if (cause instanceof AppError || this.#signal?.aborted) throw cause;
      throw new AppError('ADMIN_FAILED', `${method} ${path}: the answer ended early, as when Tidings is stopped`, {
        cause,
      });
    }
  }

  async #request(method: string, path: string, body: unknown): Promise<IncomingMessage> {
    const problem = socketPathProblem(this.#socketPath);
    if (problem !== undefined) {
      throw new AppError('ADMIN_FAILED', `connect to ${this.#socketPath}: ${problem}`, {
        hint: 'Administration of a Tidings that runs there is off. Choose a shorter --data directory, for `tidings run` too.',
      });
    }
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json' };
      const signal = this.#signal;
      const asked = request(
        { socketPath: this.#socketPath, method, path, headers, ...(signal && { signal }) },
        resolve,
      );
      asked.on('error', (cause) => reject(this.#unreachable(cause)));
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  #unreachable(cause: Error): AppError {
    const code = 'code' in cause ? cause.code : undefined;
    const isAbsent = code === 'ENOENT' || code === 'ECONNREFUSED';
    const found = isAbsent ? 'no Tidings runs on this data directory' : messageOf(cause);
    return new AppError('ADMIN_FAILED', `connect to ${this.#socketPath}: ${found}`, {
      cause,
      ...(isAbsent && { hint: 'Start `tidings run`, or name its --data directory.' }),
    });
  }
}

function toAppError({ code = '', message, hint }: AdminError): AppError {
  const known = Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'ADMIN_FAILED';
  return new AppError(known, message, hint === undefined ? {} : { hint });
}
