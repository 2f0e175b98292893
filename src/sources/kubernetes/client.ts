import { arch, platform } from 'node:os';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { AppError } from '../../core/errors.ts';
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
  /** Asks for gzip, unless the kubeconfig disables compression; the response is decoded in a stream. */
  readonly gzip?: boolean;
  /** Until the response's headers, once connected; 60 s by default, 0: for ever. */
  readonly headersTimeoutMs?: number;
  /** The longest silence within the body; 0 or absent: any (for `getJson`, absent is 60 s). */
  readonly bodyTimeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface KubernetesClient {
  /** The API server's URL, for people. */
  readonly server: string;
  /**
   * Resolves for every HTTP status. Rejects with an AppError API_REQUEST_FAILED (its cause kept) when there is no
   * response, CREDENTIALS_FAILED when there is nothing to authenticate with, and the signal's reason when it is aborted.
   * A 401 is answered by other credentials, once, where there are any.
   * A body that breaks off or falls silent is destroyed with the error of the stream; `requestFailure` puts it in words.
   */
  request(path: string, options?: RequestOptions): Promise<ApiResponse>;
  /** The body of a 2xx response; rejects with an ApiStatusError for every other status, else as `request`. */
  getJson<T>(path: string, options?: RequestOptions): Promise<T>;
  /** Ends everything under way. */
  close(): Promise<void>;
}

export interface ClientOptions extends CredentialsOptions {
  readonly userAgent?: string;
}

const TIMEOUT_MS = 60_000;

export function createClient(config: ClientConfig, options: ClientOptions = {}): KubernetesClient {
  return new Client(config, options);
}

/** `tidings/0.1.0 (linux/x64)`, as API servers write it into their audit log. */
export function userAgent(version: string): string {
  return `tidings/${version} (${platform()}/${arch()})`;
}

class Client implements KubernetesClient {
  readonly server: string;
  readonly #config: ClientConfig;
  readonly #userAgent: string;
  readonly #credentials: Credentials;
  readonly #connections: Connections;
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
    this.#userAgent = options.userAgent ?? `tidings (${platform()}/${arch()})`;
    this.#credentials = new Credentials(config.auth, options);
    this.#connections = new Connections(config, options.now ?? Date.now);
  }

  async request(path: string, options: RequestOptions = {}): Promise<ApiResponse> {
    const { signal } = options;
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
    const response = await this.request(path, { bodyTimeoutMs: TIMEOUT_MS, ...options });
    const isSuccess = response.status >= 200 && response.status <= 299;
    if (!isSuccess) throw await statusErrorOf(`${action} from ${this.server}`, response);
    const body = await this.#read(action, response.body, options.signal);
    try {
      return JSON.parse(body) as T;
    } catch {
      const found = `${action} from ${this.server}: found an answer that is not JSON, want JSON`;
      throw new AppError('API_REQUEST_FAILED', found, {
        hint: 'Something that is not an API server answers there, a login page or a proxy.',
      });
    }
  }

  close(): Promise<void> {
    this.#credentials.close();
    return this.#connections.close();
  }

  async #send(path: string, options: RequestOptions, credentials: CurrentCredentials): Promise<ApiResponse> {
    const { method = 'GET', signal, body } = options;
    const dispatcher = await this.#connections.dispatcher(credentials.certificate);
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
      });
      return { status: response.statusCode, headers: response.headers, body: decoded(response) };
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw requestFailure(actionOf(path, options), this.#place, error);
    }
  }

  #headers(options: RequestOptions, credentials: CurrentCredentials): Record<string, string | string[]> {
    return {
      ...credentials.headers,
      accept: 'application/json',
      'user-agent': this.#userAgent,
      ...(options.body !== undefined && { 'content-type': 'application/json' }),
      ...(options.gzip === true && !this.#config.disableCompression && { 'accept-encoding': 'gzip' }),
    };
  }

  async #read(action: string, body: Readable, signal: AbortSignal | undefined): Promise<string> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw requestFailure(action, this.#place, error);
    }
    return Buffer.concat(chunks).toString();
  }
}

function actionOf(path: string, options: RequestOptions): string {
  return `${options.method ?? 'GET'} ${path}`;
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
