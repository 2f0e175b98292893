/** The connections to one API server, HTTP/1.1 over undici: one for each request under way, kept alive for the next. */
import { tlsOptions } from '../../util/tls-options.ts';
import { type Dispatcher, Pool, ProxyAgent } from '../../util/undici.ts';
import type { ClientConfig } from './client-config.ts';

/** What connections are made with; all of it in PEM. */
export interface Identity {
  readonly ca: string | undefined;
  readonly certificate: { readonly cert: string; readonly key: string } | undefined;
}

// Shorter than the 90 s after which the API server closes an idle connection:
// https://github.com/kubernetes/apiserver/blob/v0.35.4/pkg/server/secure_serving.go
const IDLE_MS = 30_000;
// Silence after which the kernel asks whether the other side is still there.
const PROBE_AFTER_MS = 30_000;
const CONNECT_TIMEOUT_MS = 10_000;
// A connection that nobody reads is left to the kernel after the next piece, instead of the next 64 KiB.
const SOCKET_BYTES = 4 * 1024;

/** Throws when a certificate or key cannot be used. */
export function createDispatcher(config: ClientConfig, identity: Identity): Dispatcher {
  const { origin, protocol } = new URL(config.server);
  const base = {
    keepAlive: true,
    keepAliveInitialDelay: PROBE_AFTER_MS,
    timeout: CONNECT_TIMEOUT_MS,
    highWaterMark: SOCKET_BYTES,
  };
  const connect = protocol === 'https:' ? { ...base, ...tlsOptions({ ...config.tls, ...identity }) } : base;
  const pool = { allowH2: false, pipelining: 1, keepAliveTimeout: IDLE_MS };
  if (config.proxyUrl === undefined) return new Pool(origin, { ...pool, connect });
  const { insecure } = config.tls;
  return new ProxyAgent({
    uri: config.proxyUrl,
    ...pool,
    connectTimeout: CONNECT_TIMEOUT_MS,
    requestTls: connect,
    // As in client-go, a proxy that is reached by TLS is checked like the server, by its own name.
    ...(config.proxyUrl.startsWith('https:') && {
      proxyTls: { ...base, ...tlsOptions({ insecure, ca: identity.ca }) },
    }),
  });
}
