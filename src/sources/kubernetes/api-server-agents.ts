/** Connections to an API server for requests that are others' own: its trust, and nothing that says who asks. */
import { type AgentOptions, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { AppError } from '../../core/errors.ts';
import { tlsOptions } from '../../util/tls-options.ts';
import type { ClientConfig } from './client-config.ts';
import { pemReader } from './pem-reader.ts';

export interface Agents {
  /** Connections that are kept for the next request. */
  readonly requests: HttpAgent;
  /** Connections for one request each, whose sides may end apart from each other. */
  readonly upgrades: HttpAgent;
}

// Shorter than the 90 s after which the API server closes an idle connection:
// https://github.com/kubernetes/apiserver/blob/v0.35.4/pkg/server/secure_serving.go
const IDLE_MS = 30_000;
const PROBE_AFTER_MS = 30_000;

export class ApiServerAgents {
  readonly url: string;
  readonly #config: ClientConfig;
  readonly #readCa: ReturnType<typeof pemReader> | undefined;
  #made: (Agents & { readonly ca: string | undefined }) | undefined;

  /** Throws an AppError KUBECONFIG_INVALID for a proxy on the way that cannot be used. `now` in milliseconds. */
  constructor(config: ClientConfig, now: () => number = Date.now) {
    this.url = config.server;
    this.#config = config;
    if (config.proxyUrl !== undefined && !/^https?:/.test(config.proxyUrl)) {
      const { protocol } = new URL(config.proxyUrl);
      const found = `pass requests on to ${config.server}: found a proxy of ${protocol}//, want http or https`;
      throw new AppError('KUBECONFIG_INVALID', found);
    }
    if (config.tls.ca) this.#readCa = pemReader(config.tls.ca, 'a certificate authority', now);
  }

  /** New ones when the authority to trust was replaced. Rejects with an AppError CREDENTIALS_FAILED. */
  async agents(): Promise<Agents> {
    const ca = await this.#readCa?.({ fresh: false });
    if (this.#made && this.#made.ca === ca) return this.#made;
    try {
      const made = { ca, ...createAgents(this.#config, ca) };
      this.#retire();
      this.#made = made;
    } catch (error) {
      throw new AppError('CREDENTIALS_FAILED', `use the certificate authority of ${this.url}`, { cause: error });
    }
    return this.#made;
  }

  /** Closes the connections that nobody uses. */
  close(): void {
    this.#retire();
  }

  /** What is under way on them goes on: the connection of an agent without `keepAlive` closes at its end. */
  #retire(): void {
    if (!this.#made) return;
    const { requests } = this.#made;
    for (const socket of Object.values(requests.freeSockets).flat()) socket?.destroy();
    requests.on('free', (socket) => socket.destroy());
  }
}

function createAgents({ server, tls, proxyUrl }: ClientConfig, ca: string | undefined): Agents {
  const base: AgentOptions = {
    // Explicit, so that the environment is not looked at a second time.
    proxyEnv: proxyUrl === undefined ? {} : { HTTP_PROXY: proxyUrl, HTTPS_PROXY: proxyUrl },
  };
  const requests = { ...base, keepAlive: true, keepAliveMsecs: PROBE_AFTER_MS, timeout: IDLE_MS };
  const upgrades = { ...base, allowHalfOpen: true };
  if (!server.startsWith('https:')) return { requests: new HttpAgent(requests), upgrades: new HttpAgent(upgrades) };
  const trust = tlsOptions({ ...tls, ca });
  return {
    requests: new HttpsAgent({ ...requests, ...trust }),
    upgrades: new HttpsAgent({ ...upgrades, ...trust }),
  };
}
