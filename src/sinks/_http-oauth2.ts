/**
 * Client credentials of OAuth 2.0: a token for the credentials of the sink itself.
 * https://www.rfc-editor.org/rfc/rfc6749#section-4.4
 */
import * as v from 'valibot';
import type { Outcome, SinkContext } from '../component/sink.ts';
import { choice, map, secret, string, url } from '../config/fields.ts';
import { tlsConfig } from '../config/tls-files.ts';
import { unlessAborted } from '../util/unless-aborted.ts';
import { type Authentication, type Authorization, basic, bearer } from './_http-authorization.ts';
import { type HttpConnectionConfig, HttpConnections } from './_http-connections.ts';
import { addressOf, exchange, type Received } from './_http-exchange.ts';
import { failedOutcome, statusOutcome } from './_http-outcome.ts';
import { answerFound, errorAnswerBytes, maskedBody, requestProblem } from './_http-problem.ts';
import { secretsOfUrl } from './_http-redaction.ts';

export const oauth2Config = v.pipe(
  v.strictObject({
    tokenUrl: url('The URL of the token endpoint.'),
    clientId: string('The client.'),
    clientSecret: secret("The client's secret."),
    clientAuthentication: v.optional(
      choice(['header', 'body'], 'Where the endpoint wants client and secret: Basic authentication, or in the body.'),
      'header',
    ),
    scopes: v.exactOptional(
      v.pipe(v.array(string('A scope.')), v.description('The scopes to ask for.'), v.metadata({ unset: 'none' })),
    ),
    parameters: v.optional(map(string('The value.'), 'What else the endpoint wants to know, as `audience`.'), {}),
    tls: v.optional(tlsConfig, {}),
  }),
  v.description('A token of OAuth 2.0 for these credentials, renewed before it expires.'),
);

/** A token is renewed so long before it expires, or after nine tenths of a shorter life. */
const MARGIN_MS = 30_000;
const ANSWER_BYTES = 64 * 1024;

interface Token {
  readonly header: string;
  readonly value: string;
  /** In milliseconds. */
  readonly renewAt: number;
}

/** A token and its renewal. Whoever asks at the same time shares one request for it. */
export class OAuth2Token implements Authentication {
  readonly #config: v.InferOutput<typeof oauth2Config>;
  readonly #timeoutMs: number;
  readonly #url: URL;
  readonly #connections: HttpConnections;
  readonly #userAgent: string;
  readonly #closing = new AbortController();
  readonly #secrets: readonly string[];
  #token: Token | undefined;
  /** A late answer may repeat it. */
  #previous: Token | undefined;
  #request: Promise<Authorization> | undefined;

  constructor(
    config: v.InferOutput<typeof oauth2Config>,
    connection: Pick<HttpConnectionConfig, 'timeout' | 'proxy'>,
    context: SinkContext,
  ) {
    this.#config = config;
    this.#timeoutMs = connection.timeout;
    this.#url = new URL(config.tokenUrl);
    this.#connections = new HttpConnections({ ...connection, tls: config.tls }, context);
    this.#userAgent = context.userAgent;
    const { clientSecret } = config;
    this.#secrets = [
      clientSecret,
      formEncoded(clientSecret),
      this.#clientAuthorization().slice('Basic '.length),
      ...secretsOfUrl(this.#url),
      ...this.#connections.secretsFor(this.#url),
    ];
  }

  async check(): Promise<void> {
    await this.#connections.dispatcher(this.#url);
  }

  async current(signal: AbortSignal): Promise<Authorization> {
    if (this.#token && Date.now() < this.#token.renewAt) return this.#token;
    this.#request ??= this.#fetch().finally(() => {
      this.#request = undefined;
    });
    return unlessAborted(this.#request, signal);
  }

  renew(refused: string, signal: AbortSignal): Promise<Authorization> {
    // Unless somebody else was refused as well and has renewed it since.
    if (this.#token?.header === refused) this.#forget();
    return this.current(signal);
  }

  secrets(): readonly string[] {
    return [...this.#secrets, ...[this.#token, this.#previous].flatMap((token) => token?.value ?? [])];
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#connections.close();
  }

  #forget(): void {
    this.#previous = this.#token ?? this.#previous;
    this.#token = undefined;
  }

  async #fetch(): Promise<Authorization> {
    try {
      return this.#take(await this.#ask());
    } catch (error) {
      return { failed: failedOutcome(error, (found) => this.#problem(found)) };
    }
  }

  async #ask(): Promise<Received> {
    const { clientId, clientSecret, clientAuthentication, scopes, parameters } = this.#config;
    const isInBody = clientAuthentication === 'body';
    const form = new URLSearchParams({
      ...parameters,
      grant_type: 'client_credentials',
      ...(scopes && { scope: scopes.join(' ') }),
      ...(isInBody && { client_id: clientId, client_secret: clientSecret }),
    });
    const headers = {
      'user-agent': this.#userAgent,
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      ...(!isInBody && { authorization: this.#clientAuthorization() }),
    };
    const isSuccess = (status: number): boolean => status >= 200 && status <= 299;
    const answerBytes = (status: number): number =>
      isSuccess(status) ? ANSWER_BYTES : errorAnswerBytes(this.secrets());
    const request = {
      method: 'POST',
      address: addressOf(this.#url),
      headers,
      body: form.toString(),
      timeoutMs: this.#timeoutMs,
      answerBytes,
    };
    return exchange(await this.#connections.dispatcher(this.#url), request, this.#closing.signal);
  }

  /** Client and secret are encoded as in a form first: https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 */
  #clientAuthorization(): string {
    return basic(formEncoded(this.#config.clientId), formEncoded(this.#config.clientSecret));
  }

  #take(received: Received): Authorization {
    const secrets = this.secrets();
    const told = { ...received, body: maskedBody(received, secrets) };
    const outcome = statusOutcome(received.status, received.headers, (title) =>
      this.#problem(answerFound(title, told, this.#url)),
    );
    if (outcome.status !== 'ok') return { failed: refused(outcome) };
    const token = tokenOf(received.body);
    if (!token) {
      const problem = this.#problem('found an answer without an access_token of type Bearer, want one in JSON');
      return { failed: { status: 'retry', reason: 'unauthorized', problem } };
    }
    const livesMs = token.expiresIn * 1000;
    this.#forget();
    this.#token = {
      header: bearer(token.value, 'the token endpoint'),
      value: token.value,
      renewAt: Date.now() + Math.max(livesMs - MARGIN_MS, livesMs * 0.9),
    };
    return this.#token;
  }

  #problem(found: string): string {
    const action = { method: 'POST', url: this.#url, proxy: this.#connections.proxyOf(this.#url) };
    return requestProblem(action, found, this.secrets());
  }
}

function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice('='.length);
}

/** An endpoint that refuses has nothing against the event. */
function refused(outcome: Exclude<Outcome, { status: 'ok' }>): Outcome {
  return outcome.status === 'retry' ? outcome : { ...outcome, status: 'retry', reason: 'unauthorized' };
}

/** https://www.rfc-editor.org/rfc/rfc6749#section-5.1 Without `expires_in` it is used until it is refused. */
function tokenOf(body: string): { readonly value: string; readonly expiresIn: number } | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof answer !== 'object' || answer === null || !('access_token' in answer)) return undefined;
  const { access_token: value } = answer;
  const type = 'token_type' in answer ? answer.token_type : 'Bearer';
  if (typeof value !== 'string' || String(type).toLowerCase() !== 'bearer') return undefined;
  // Some write the number as a text.
  const expiresIn = 'expires_in' in answer ? Number(answer.expires_in) : Number.NaN;
  return { value, expiresIn: expiresIn > 0 ? expiresIn : Number.POSITIVE_INFINITY };
}
