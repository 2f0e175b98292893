import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AppError } from '../../core/errors.ts';
import type { Dispatcher } from '../../util/undici.ts';
import { unlessAborted } from '../../util/unless-aborted.ts';
import { type ApiResponse, statusErrorOf } from './api-response.ts';
import type { ClientConfig } from './client-config.ts';
import { Connections } from './connections.ts';
import { Credentials, type CredentialsOptions, type CurrentCredentials } from './credentials.ts';
import { requestFailure } from './request-failure.ts';

export type { ApiResponse } from './api-response.ts';

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Undefined values are left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** As what the answer is to come, a kind of JSON or the one type that is wanted; absent: `application/json`. */
  readonly accept?: string;
  /** Asks for gzip, unless the kubeconfig disables compression; the response is decoded in a stream. */
  readonly gzip?: boolean;
  /** Until the response's headers, once connected; 60 s by default, 0: for ever. */
  readonly headersTimeoutMs?: number;
  /** The longest silence within the body; 0 or absent: any. For `getJson` until its end, 60 s by default. */
  readonly bodyTimeoutMs?: number;
  /** How much of the body is held for whoever reads it; 64 KiB by default. */
  readonly highWaterMark?: number;
  readonly signal?: AbortSignal;
  /** Authorization and Impersonate-* of somebody else, instead of the client's own credentials, its certificate too. */
  readonly caller?: Readonly<Record<string, string | string[]>>;
}

export interface KubernetesClient {
  /** The API server's URL, for people. */
  readonly server: string;
  /**
   * Resolves for every HTTP status. Rejects with an AppError API_REQUEST_FAILED (its cause kept) when there is no
   * response or a successful one that says it is neither JSON nor what is wanted, CREDENTIALS_FAILED when there is nothing to authenticate with, and the signal's reason when it is aborted.
   * A 401 is answered by other credentials, once, where there are any of the client's own.
   * A body that breaks off or falls silent is destroyed with the error of the stream; `requestFailure` puts it in words.
   */
  request(path: string, options?: RequestOptions): Promise<ApiResponse>;
  /**
   * The body of a 2xx response, of 16 MiB at most; rejects with an ApiStatusError for every other status, else as `request`.
   */
  getJson<T>(path: string, options?: RequestOptions): Promise<T>;
  /** Ends everything under way. */
  close(): Promise<void>;
}

export interface ClientOptions extends CredentialsOptions {
  readonly userAgent?: string;
}

const TIMEOUT_MS = 60_000;
/** Of an answer that is read whole: single objects and lists of one, which etcd keeps below 1.5 MiB. */
const MAX_JSON_BYTES = 16 * 1024 * 1024;

export function createClient(config: ClientConfig, options: ClientOptions = {}): KubernetesClient {
  return new Client(config, options);
}

class Client implements KubernetesClient {
  readonly server: string;
  readonly #config: ClientConfig;
  readonly #userAgent: string;
  readonly #credentials: Credentials;
  readonly #connections: Connections;
  /** Without the client's certificate. */
  readonly #callers: Connections;
  readonly #origin: string;
  readonly #basePath: string;
  /** The server, and the proxy that may be to blame. */
  readonly #place: string;

  constructor(config: ClientConfig, options: ClientOptions) {
    const { origin, pathname } = new URL(config.server);
    this.#origin = origin;
    this.server = config.server;
    this.#config = config;
    this.#basePath = pathname.replace(/\/$/, '');
    this.#place =
      config.proxyUrl === undefined ? config.server : `${config.server} by proxy ${new URL(config.proxyUrl).host}`;
    this.#userAgent = options.userAgent ?? 'tidings';
    this.#credentials = new Credentials(config.auth, options);
    this.#connections = new Connections(config, options.now ?? Date.now);
    this.#callers = new Connections(config, options.now ?? Date.now);
  }

  async request(path: string, options: RequestOptions = {}): Promise<ApiResponse> {
    const { signal, caller } = options;
    if (caller) return this.#send(path, options, { headers: caller });
    const credentials = await unlessAborted(this.#credentials.current(), signal);
    const response = await this.#send(path, options, credentials);
    if (response.status !== 401) return response;
    const renewed = await unlessAborted(this.#credentials.renew(credentials), signal).catch((error: unknown) => {
      response.body.destroy();
      throw error;
    });
    if (renewed === credentials) return response;
    response.body.destroy();
    return this.#send(path, options, renewed);
  }

  async getJson<T>(path: string, options: RequestOptions = {}): Promise<T> {
    const action = actionOf(path, options);
    const response = await this.request(path, { ...options, bodyTimeoutMs: 0 });
    const isSuccess = response.status >= 200 && response.status <= 299;
    if (!isSuccess) throw await statusErrorOf(`${action} from ${this.server}`, response);
    const body = await this.#read(action, response.body, options);
    try {
      return JSON.parse(body) as T;
    } catch {
      throw notJson(action, this.server, 'an answer that is not JSON');
    }
  }

  async close(): Promise<void> {
    this.#credentials.close();
    await Promise.all([this.#connections.close(), this.#callers.close()]);
  }

  async #send(path: string, options: RequestOptions, credentials: CurrentCredentials): Promise<ApiResponse> {
    const { method = 'GET', signal, body, caller } = options;
    const connections = caller ? this.#callers : this.#connections;
    const dispatcher = await connections.dispatcher(credentials.certificate);
    try {
      const response = await dispatcher.request({
        origin: this.#origin,
        path: `${this.#basePath}${path}${queryOf(options.query)}`,
        method,
        headers: this.#headers(options, credentials),
        body: body === undefined ? null : JSON.stringify(body),
        signal: signal ?? null,
        headersTimeout: options.headersTimeoutMs ?? TIMEOUT_MS,
        bodyTimeout: options.bodyTimeoutMs ?? 0,
        ...(options.highWaterMark !== undefined && { highWaterMark: options.highWaterMark }),
      });
      requireWanted(response, options.accept, actionOf(path, options), this.#place);
      const secret = secretOf(credentials);
      return {
        status: response.statusCode,
        headers: response.headers,
        body: decoded(response),
        ...(secret !== undefined && { secret }),
      };
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw requestFailure(actionOf(path, options), this.#place, error);
    }
  }

  #headers(options: RequestOptions, credentials: CurrentCredentials): Record<string, string | string[]> {
    return {
      ...credentials.headers,
      accept: options.accept ?? 'application/json',
      'user-agent': this.#userAgent,
      ...(options.body !== undefined && { 'content-type': 'application/json' }),
      ...(options.gzip === true && !this.#config.disableCompression && { 'accept-encoding': 'gzip' }),
    };
  }

  async #read(action: string, body: Readable, { signal, bodyTimeoutMs = TIMEOUT_MS }: RequestOptions): Promise<string> {
    const chunks: Buffer[] = [];
    const giveUp = (found: string): AppError =>
      new AppError('API_REQUEST_FAILED', `${action} from ${this.#place}: ${found}`);
    const timer = setTimeout(() => body.destroy(giveUp('timeout: the answer did not end in time')), bodyTimeoutMs);
    let size = 0;
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > MAX_JSON_BYTES)
          throw giveUp(`found an answer of more than ${MAX_JSON_BYTES} bytes, want one object`);
        chunks.push(chunk);
      }
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw requestFailure(action, this.#place, error);
    } finally {
      clearTimeout(timer);
    }
    return Buffer.concat(chunks).toString();
  }
}

/** https://www.rfc-editor.org/rfc/rfc9110.html#name-authorization: behind the scheme. */
function secretOf({ headers }: CurrentCredentials): string | undefined {
  const { authorization } = headers;
  return typeof authorization === 'string' ? authorization.slice(authorization.indexOf(' ') + 1) : undefined;
}

function actionOf(path: string, options: RequestOptions): string {
  return `${options.method ?? 'GET'} ${path}`;
}

/** A login page answers a watch with 200 as well. Errors may come as anything. */
function requireWanted(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  accept: string | undefined,
  action: string,
  server: string,
): void {
  const type = String(headers['content-type'] ?? 'application/json');
  const isWanted = /^application\/json\b/i.test(type) || type.split(';', 1)[0] === accept;
  if (statusCode < 200 || statusCode > 299 || isWanted) return;
  body.on('error', () => {}).destroy();
  throw notJson(action, server, `an answer of type ${JSON.stringify(type)}`);
}

function notJson(action: string, server: string, found: string): AppError {
  return new AppError('API_REQUEST_FAILED', `${action} from ${server}: found ${found}, want JSON`, {
    hint: 'Something that is not an API server answers there, a login page or a proxy.',
  });
}

function queryOf(query: RequestOptions['query'] = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value));
  return parameters.size === 0 ? '' : `?${parameters.toString()}`;
}

function decoded(response: Dispatcher.ResponseData): Readable {
  const isGzip = response.headers['content-encoding'] === 'gzip';
  // Whoever reads a body learns of its failure there; without a listener one that nobody reads would end the process.
  const body = isGzip ? pipeline(response.body, createGunzip(), () => {}) : response.body;
  return body.on('error', () => {});
}
