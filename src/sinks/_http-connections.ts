/** The connections of one sink: few, kept alive, directly or by a proxy. */
import * as v from 'valibot';
import type { SinkContext } from '../component/sink.ts';
import { duration, secret } from '../config/fields.ts';
import { TlsFiles, type TlsOptions, tlsConfig } from '../config/tls-files.ts';
import { AppError } from '../core/errors.ts';
import { environmentProxy, isProxyUrl, PROXY_URL } from '../util/environment-proxy.ts';
import type * as Undici from '../util/undici.ts';
import type { Dispatcher } from '../util/undici.ts';
import { decoded, secretsOfUrl } from './_http-redaction.ts';

/** How to reach a server. A chat's sink has these settings alone; others those of `_http-client.ts`. */
export const httpConnectionConfig = {
  timeout: v.optional(
    v.pipe(
      duration(
        'How long a request may take, connecting and the whole answer included; one for a token has as long, too.',
      ),
      v.maxValue(3_600_000),
      v.metadata({ wanted: 'a duration of up to 1h, such as 30s' }),
    ),
    '30s',
  ),
  proxy: v.exactOptional(
    secret('The proxy for every request: an http, https or socks5 URL, which may hold user and password.', {
      unset: 'of HTTPS_PROXY, HTTP_PROXY and NO_PROXY, as Go programs read them',
    }),
  ),
  tls: v.optional(tlsConfig, {}),
};

export type HttpConnectionConfig = v.InferOutput<v.StrictObjectSchema<typeof httpConnectionConfig, undefined>>;

/** More than any sink has batches under way. */
const MAX_CONNECTIONS = 16;

// Shorter than the 5 s after which servers of Node and Python close an idle connection: a request that meets a
// connection being closed fails for nothing.
// https://nodejs.org/docs/latest-v24.x/api/http.html#serverkeepalivetimeout
// https://www.uvicorn.org/settings/#timeouts
const IDLE_MS = 4_000;

export class HttpConnections {
  readonly #config: HttpConnectionConfig;
  readonly #context: SinkContext;
  readonly #tls: TlsFiles;
  /** By origin; with what their TLS was made, where they speak it. */
  readonly #made = new Map<string, { readonly tls: TlsOptions | undefined; readonly dispatcher: Dispatcher }>();
  /** Once it was needed: asking for it again for each request costs a tenth of the request. */
  #undici: Promise<typeof Undici> | undefined;
  /** Those of earlier certificates that still have requests under way. */
  readonly #retired = new Set<Dispatcher>();

  constructor(config: HttpConnectionConfig, context: SinkContext) {
    this.#config = config;
    this.#context = context;
    this.#tls = new TlsFiles(config.tls, Date.now);
  }

  /** Connects to nothing by itself. Rejects when no connection to such a server could be made, whether it is there or not. */
  dispatcher(url: URL): Dispatcher | Promise<Dispatcher> {
    // Without TLS nothing is ever replaced: no promise for each request.
    const known = this.#made.get(url.origin);
    return known && !known.tls ? known.dispatcher : this.#current(url);
  }

  async #current(url: URL): Promise<Dispatcher> {
    // What a machine trusts takes tens of milliseconds and a megabyte: only for those who need it.
    const tls = this.#usesTls(url) ? await this.#tls.options() : undefined;
    // 6 MB that a program without such a sink does not need.
    const undici = await (this.#undici ??= import('../util/undici.ts'));
    const known = this.#made.get(url.origin);
    if (known && known.tls === tls) return known.dispatcher;
    const dispatcher = this.#create(undici, url, tls);
    if (known) this.#retire(known.dispatcher);
    this.#made.set(url.origin, { tls, dispatcher });
    return dispatcher;
  }

  /** By which proxy a URL is reached; undefined when directly. Throws an AppError when that is none. */
  proxyOf(url: URL): URL | undefined {
    const { proxy: configured } = this.#config;
    const proxy =
      configured === undefined
        ? environmentProxy(url.href, this.#context.env)
        : { variable: 'the setting proxy', url: configured };
    if (!proxy) return undefined;
    if (isProxyUrl(proxy.url)) return new URL(proxy.url);
    throw new AppError('CONFIG_INVALID', `use ${proxy.variable}: found something else, want ${PROXY_URL}`);
  }

  /** What no text may hold of how a URL is reached. */
  secretsFor(url: URL): readonly string[] {
    const proxy = this.proxyOf(url);
    if (!proxy) return [];
    const { username, password } = proxy;
    const authorization = Buffer.from(`${decoded(username)}:${decoded(password)}`);
    return [...secretsOfUrl(proxy), ...(username ? [authorization.toString('base64')] : [])];
  }

  /** Ends everything under way. */
  async close(): Promise<void> {
    const dispatchers = [...this.#retired, ...[...this.#made.values()].map(({ dispatcher }) => dispatcher)];
    await Promise.all(dispatchers.map((dispatcher) => dispatcher.destroy()));
  }

  #usesTls(url: URL): boolean {
    if (url.protocol === 'https:') return true;
    const known = this.#made.get(url.origin);
    return known ? known.tls !== undefined : this.proxyOf(url)?.protocol === 'https:';
  }

  #create({ Pool, ProxyAgent }: typeof Undici, url: URL, tls: TlsOptions | undefined): Dispatcher {
    const base = { keepAlive: true, timeout: this.#config.timeout };
    const connect = url.protocol === 'https:' ? { ...base, ...tls } : base;
    const pool = {
      allowH2: false as const,
      pipelining: 1,
      connections: MAX_CONNECTIONS,
      keepAliveTimeout: IDLE_MS,
      // The whole request is timed by `exchange`.
      headersTimeout: 0,
      bodyTimeout: 0,
    };
    const proxy = this.proxyOf(url);
    if (!proxy) return new Pool(url.origin, { ...pool, connect });
    return new ProxyAgent({
      uri: proxy.href,
      ...pool,
      // What forwards plain HTTP is made without the options above.
      factory: (origin, options) => new Pool(origin, Object.assign({}, options, pool)),
      connectTimeout: this.#config.timeout,
      // What asks a proxy for a tunnel waits for 300 s, and a connection of the pool with it.
      clientFactory: (origin, options) => new Pool(origin, { ...options, headersTimeout: this.#config.timeout }),
      requestTls: connect,
      // A proxy that is reached by TLS is checked like the server, by its own name.
      ...(proxy.protocol === 'https:' &&
        tls && {
          proxyTls: { ...base, secureContext: tls.secureContext, rejectUnauthorized: tls.rejectUnauthorized },
        }),
    });
  }

  #retire(dispatcher: Dispatcher): void {
    this.#retired.add(dispatcher);
    const forget = (): void => void this.#retired.delete(dispatcher);
    dispatcher.close().then(forget, forget);
  }
}
