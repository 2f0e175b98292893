/**
 * The HTTP client of every sink that speaks HTTP: connections, credentials, compression, time limits, and what an answer
 * means for what the request carried. No text that it makes holds a secret of the configuration.
 */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import * as v from 'valibot';
import type { Outcome, SinkContext } from '../component/sink.ts';
import { choice, map, secret } from '../config/fields.ts';
import { AppError, messageOf } from '../core/errors.ts';
import { authConfig, constant, createAuthentication } from './_http-auth.ts';
import { type Authentication, basic } from './_http-authorization.ts';
import { type HttpConnectionConfig, HttpConnections, httpConnectionConfig } from './_http-connections.ts';
import { type Address, addressOf, exchange, type Received } from './_http-exchange.ts';
import { headersOf } from './_http-headers.ts';
import { failedOutcome, statusOutcome } from './_http-outcome.ts';
import { answerFound, errorAnswerBytes, maskedBody, requestProblem } from './_http-problem.ts';
import { decoded, secretsOfHeaders, secretsOfUrl } from './_http-redaction.ts';

/** A URL to send to, as a setting: it may hold a token, or user and password, and is never shown. */
export function httpUrl(description: string) {
  return v.pipe(
    secret(description),
    v.check((value) => /^https?:\/\//i.test(value) && URL.canParse(value)),
    v.metadata({ wanted: 'an http or https URL, or file:PATH of one' }),
  );
}

/** How to reach a server and be let in: the settings of every sink that posts to a server of the operator's. */
export const httpClientConfig = {
  ...httpConnectionConfig,
  auth: v.exactOptional(authConfig),
  headers: v.optional(
    map(secret('The value.'), 'Headers of every request, by name; their values are taken for secrets.'),
    {},
  ),
  compression: v.optional(choice(['none', 'gzip'], 'How the bodies of requests are compressed.'), 'none'),
};

export type HttpClientConfig = v.InferOutput<v.StrictObjectSchema<typeof httpClientConfig, undefined>>;

export interface HttpRequest {
  /** POST unless it says otherwise. */
  readonly method?: string;
  /** May hold user and password, which become basic authentication, and tokens. */
  readonly url: string;
  /** Names in lower case, nothing secret. Those of the configuration go before them. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Asks for the whole body of a 2xx answer, up to 16 MiB: where more is `cut`, the outcome is `retry`. */
  readonly wholeAnswer?: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  /** Its first 1 kB, or the whole of a 2xx answer when that was asked for; secrets in it are masked. */
  readonly body: string;
}

export interface HttpResult {
  /** What the status, or that there was no answer, means for everything that the request carried. */
  readonly outcome: Outcome;
  /** Absent when there was none, or it broke off. A sink that knows better than its status looks here. */
  readonly answer?: HttpAnswer;
}

export interface HttpClient {
  /** Never rejects, except with the signal's reason once it is aborted. */
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpResult>;
  /** A failure's text in the words of every other: `POST https://host/path: found`, secrets masked, of bounded length. */
  problem(request: HttpRequest, found: string): string;
  /** Ends everything under way. May be called twice. */
  close(): Promise<void>;
}

export interface HttpClientOptions {
  /** Headers that sign a body, which is given as it is sent. */
  readonly sign?: (body: Uint8Array) => Readonly<Record<string, string>>;
  /** What no text may hold beside what is secret in the settings and in a request's URL. */
  readonly secrets?: readonly string[];
}

const WHOLE_ANSWER_BYTES = 16 * 1024 * 1024;
const compressed = promisify(gzip);
/** A body a fifth larger than at the usual level 6, for half of the work. */
const LEVEL = 1;

/**
 * Settings that are absent are as `httpClientConfig` says. Rejects with an AppError that names the setting, or the file,
 * with which no request to `url` can be sent.
 */
export async function createHttpClient(
  config: HttpConnectionConfig & Partial<HttpClientConfig>,
  url: string,
  context: SinkContext,
  options: HttpClientOptions = {},
): Promise<HttpClient> {
  try {
    const client = new Client(config, context, options);
    await client.check(new URL(url));
    return client;
  } catch (error) {
    throw new AppError('CONFIG_INVALID', `open sink ${context.name}: ${messageOf(error)}`, { cause: error });
  }
}

interface Target {
  readonly text: string;
  readonly url: URL;
  readonly address: Address;
  /** By user and password in it. */
  readonly authentication: Authentication | undefined;
}

class Client implements HttpClient {
  readonly #config: HttpConnectionConfig & Partial<HttpClientConfig>;
  readonly #options: HttpClientOptions;
  readonly #connections: HttpConnections;
  readonly #authentication: Authentication | undefined;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #userAgent: string;
  /** That of the last request. Most sinks have one alone, which would be parsed anew for each. */
  #target: Target | undefined;

  constructor(
    config: HttpConnectionConfig & Partial<HttpClientConfig>,
    context: SinkContext,
    options: HttpClientOptions,
  ) {
    this.#config = config;
    this.#options = options;
    this.#headers = headersOf(config.headers ?? {});
    if (config.auth && this.#headers['authorization'] !== undefined) {
      throw new AppError('CONFIG_INVALID', 'found both auth and the header Authorization, want one of them');
    }
    this.#connections = new HttpConnections(config, context);
    this.#authentication = config.auth && createAuthentication(config.auth, config, context);
    this.#userAgent = context.userAgent;
  }

  async check(url: URL): Promise<void> {
    if (this.#headers['proxy-authorization'] !== undefined && this.#connections.proxyOf(url)) {
      const found = 'found the header Proxy-Authorization, want user and password in the URL of the proxy';
      throw new AppError('CONFIG_INVALID', found);
    }
    await this.#connections.dispatcher(url);
    await this.#authentication?.check();
  }

  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpResult> {
    try {
      return await this.#attempt(request, signal);
    } catch (error) {
      signal.throwIfAborted();
      return { outcome: failedOutcome(error, (found) => this.problem(request, found)) };
    }
  }

  problem(request: HttpRequest, found: string): string {
    const url = new URL(request.url);
    const action = { method: methodOf(request), url, proxy: this.#connections.proxyOf(url) };
    return requestProblem(action, found, this.#secrets(request));
  }

  async close(): Promise<void> {
    await Promise.all([this.#authentication?.close(), this.#connections.close()]);
  }

  #attempt(request: HttpRequest, signal: AbortSignal): Promise<HttpResult> {
    const authentication = this.#authentication ?? this.#targetOf(request).authentication;
    if (!authentication) return this.#exchange(request, undefined, signal);
    return this.#authenticated(request, authentication, signal);
  }

  async #authenticated(request: HttpRequest, authentication: Authentication, signal: AbortSignal): Promise<HttpResult> {
    const first = await authentication.current(signal);
    if ('failed' in first) return { outcome: first.failed };
    const result = await this.#exchange(request, first.header, signal);
    if (result.answer?.status !== 401) return result;
    const second = await authentication.renew(first.header, signal);
    if ('failed' in second) return { outcome: second.failed };
    return second.header === first.header ? result : this.#exchange(request, second.header, signal);
  }

  async #exchange(request: HttpRequest, authorization: string | undefined, signal: AbortSignal): Promise<HttpResult> {
    const isCompressed = request.body !== undefined && this.#config.compression === 'gzip';
    const body = isCompressed ? await compressed(request.body, { level: LEVEL }) : request.body;
    const { url, address } = this.#targetOf(request);
    const dispatcher = await this.#connections.dispatcher(url);
    const headers = {
      'user-agent': this.#userAgent,
      ...request.headers,
      ...this.#headers,
      ...(authorization !== undefined && { authorization }),
      ...(isCompressed && { 'content-encoding': 'gzip' }),
      ...this.#options.sign?.(Buffer.from(body ?? '')),
    };
    const received = await exchange(
      dispatcher,
      {
        method: methodOf(request),
        address,
        headers,
        ...(body !== undefined && { body }),
        timeoutMs: this.#config.timeout,
        answerBytes: (status) => this.#answerBytes(request, status),
      },
      signal,
    );
    return this.#result(request, received);
  }

  #answerBytes(request: HttpRequest, status: number): number {
    if (!isSuccess(status)) return errorAnswerBytes(this.#secrets(request));
    return request.wholeAnswer ? WHOLE_ANSWER_BYTES : 0;
  }

  #result(request: HttpRequest, received: Received): HttpResult {
    const { status, headers, end } = received;
    if (isSuccess(status) && end instanceof Error) throw end;
    if (isSuccess(status) && end === 'cut' && request.wholeAnswer) {
      const problem = this.problem(request, `found an answer of more than ${WHOLE_ANSWER_BYTES} bytes`);
      return { outcome: { status: 'retry', reason: 'other', problem } };
    }
    const body = received.body === '' ? '' : maskedBody(received, this.#secrets(request));
    const outcome = statusOutcome(status, headers, (title) =>
      this.problem(request, answerFound(title, { ...received, body }, new URL(request.url))),
    );
    return { outcome, answer: { status, body } };
  }

  #targetOf({ url: text }: HttpRequest): Target {
    if (this.#target?.text === text) return this.#target;
    const url = new URL(text);
    this.#target = { text, url, address: addressOf(url), authentication: ofUrl(url) };
    return this.#target;
  }

  /** What is secret about a request; gathered only where something has to be told. */
  #secrets(request: HttpRequest): string[] {
    const url = new URL(request.url);
    return [
      ...secretsOfUrl(url),
      ...(ofUrl(url)?.secrets() ?? []),
      ...secretsOfHeaders(this.#headers),
      ...this.#connections.secretsFor(url),
      ...(this.#authentication?.secrets() ?? []),
      ...(this.#options.secrets ?? []),
    ];
  }
}

function methodOf(request: HttpRequest): string {
  return request.method ?? 'POST';
}

function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}

/** User and password of a URL are basic authentication, as with every other client. */
function ofUrl(url: URL): Authentication | undefined {
  const { username, password } = url;
  if (username === '' && password === '') return undefined;
  return constant(basic(decoded(username), decoded(password)), []);
}
