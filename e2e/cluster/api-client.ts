/** The test's own way to an API server: as an administrator, over a few kept-alive connections. */
import { type Dispatcher, Pool } from 'undici';

export interface ApiClientOptions {
  /** Requests under way at the same time. */
  readonly connections?: number;
}

export interface ApiResponse {
  readonly status: number;
  readonly text: string;
}

export class ApiClient {
  readonly #pool: Pool;
  readonly #token: string;

  constructor(server: string, credentials: { ca: string; token: string }, options: ApiClientOptions = {}) {
    this.#token = credentials.token;
    this.#pool = new Pool(server, { connections: options.connections ?? 2, connect: { ca: credentials.ca } });
  }

  /** Rejects when the server cannot be reached; an error of the server is an answer. */
  async send(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<ApiResponse> {
    const response = await this.#pool.request({
      method,
      path,
      headers: {
        authorization: `Bearer ${this.#token}`,
        accept: 'application/json',
        'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.statusCode, text: await response.body.text() };
  }

  /** A request, a GET unless told otherwise, whose answer is handed over as it comes, for as long as it takes. */
  async forward(
    path: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
    method: Dispatcher.HttpMethod = 'GET',
  ): Promise<Dispatcher.ResponseData> {
    const authorization = `Bearer ${this.#token}`;
    return this.#pool.request({ method, path, headers: { ...headers, authorization }, signal, bodyTimeout: 0 });
  }

  /** The answer's object; rejects when the server refuses. */
  async request(...[method, path, body]: Parameters<ApiClient['send']>): Promise<unknown> {
    const { status, text } = await this.send(method, path, body);
    if (status >= 300) throw new Error(`${method} ${path}: status ${status}: ${text}`);
    return JSON.parse(text);
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}
