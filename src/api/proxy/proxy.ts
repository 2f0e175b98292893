/** Everything that comes to an address that belongs to an API server. */
import type { IncomingMessage, ServerOptions, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ListenAddress } from '../../config/fields.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { ProxyMetrics } from '../../telemetry/proxy-metrics.ts';
import { connectionProblem } from '../../util/connection-problem.ts';
import { type Listener, type ListenOptions, openServer } from '../listener.ts';
import type { EventReads } from './event-reads.ts';
import { MAX_HEADER_BYTES } from './onward-request.ts';
import { type PassOptions, passRequest } from './pass-request.ts';
import { isUpgrade, passUpgrade } from './pass-upgrade.ts';
import type { Upstream, UpstreamAgents } from './upstream.ts';
import { sendFailure, upstreamFailure } from './upstream-failure.ts';

export interface ProxyOptions {
  readonly upstream: Upstream;
  /** Absent: reads of events pass through like everything else. */
  readonly reads?: EventReads;
  readonly metrics: ProxyMetrics;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

/** Longer than the 90 s for which client-go keeps a connection that it does not use. */
const KEEP_ALIVE_MS = 120_000;
const PROBE_AFTER_MS = 30_000;
/** Without it Node would wait for the head of a request as long as for its body: for ever. */
const HEAD_MS = 32_000;

/** As an API server listens: a body takes as long as it takes, and idle connections are for the client to close. */
const SERVER: ServerOptions = {
  maxHeaderSize: MAX_HEADER_BYTES,
  requestTimeout: 0,
  // https://github.com/kubernetes/apiserver/blob/v0.35.4/pkg/server/secure_serving.go
  headersTimeout: HEAD_MS,
  keepAliveTimeout: KEEP_ALIVE_MS,
  keepAlive: true,
  keepAliveInitialDelay: PROBE_AFTER_MS,
  shouldUpgradeCallback: isUpgrade,
};

/**
 * Listens until it is closed, which breaks off what is under way. Rejects with AppError `LISTEN_FAILED`, or
 * `CREDENTIALS_FAILED` for want of a certificate.
 */
export async function listenProxy(
  proxy: Proxy,
  address: ListenAddress,
  options: Pick<ListenOptions, 'tls'> = {},
): Promise<Listener> {
  // Nothing that arrives ends the program.
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    proxy.answer(request, response).catch(() => response.destroy());
  };
  const upgrade = (request: IncomingMessage, _socket: unknown, head: Buffer): void => {
    proxy.upgrade(request, head).catch(() => request.socket.destroy());
  };
  const listener = await openServer(
    SERVER,
    (server) => {
      // All of them, Impersonate-User too: by itself Node keeps two thousand.
      server.maxHeadersCount = 0;
      server.on('request', answer);
      // Whether the body is to come is for the API server to say.
      server.on('checkContinue', answer);
      server.on('upgrade', upgrade);
    },
    address,
    options,
  );
  return {
    url: listener.url,
    close() {
      proxy.end();
      return listener.close();
    },
  };
}

export class Proxy {
  readonly #options: ProxyOptions;
  readonly #upgraded = new Set<Socket>();
  #isReachable = true;

  constructor(options: ProxyOptions) {
    this.#options = options;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { reads, upstream, metrics } = this.#options;
    const outcome = await reads?.answer(request, response);
    if (outcome === 'answered' || outcome === 'waited') return metrics.request(outcome);
    // Of an answer that was not given.
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    metrics.request('passed');
    if (outcome) metrics.readPassed(outcome);
    const agents = await this.#agents();
    if (agents instanceof Error) sendFailure(response, upstreamFailure(agents, true));
    else if (!response.closed) passRequest(request, response, upstream, agents, this.#passing(request));
  }

  async upgrade(request: IncomingMessage, head: Buffer): Promise<void> {
    const { upstream, metrics } = this.#options;
    const { socket } = request;
    // Until somebody reads from it, only this tells that the client has gone.
    socket.on('error', () => {});
    metrics.request('upgraded');
    metrics.upgrades.inc();
    this.#upgraded.add(socket);
    socket.once('close', () => {
      this.#upgraded.delete(socket);
      metrics.upgrades.dec();
    });
    const agents = await this.#agents();
    if (agents instanceof Error) socket.destroy();
    else if (!socket.destroyed) passUpgrade(request, head, upstream, agents, this.#passing(request));
  }

  /** Breaks off what was upgraded. */
  end(): void {
    for (const socket of this.#upgraded) socket.destroy();
  }

  #passing(request: IncomingMessage): PassOptions {
    return {
      onAnswer: (answer) => {
        this.#setReachable();
        this.#options.reads?.observe(request, answer);
      },
      onFailure: (error) => this.#setReachable(error),
    };
  }

  async #agents(): Promise<UpstreamAgents | Error> {
    try {
      return await this.#options.upstream.agents();
    } catch (error) {
      this.#setReachable(error);
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  /** Says it once, not for every request. */
  #setReachable(error?: unknown): void {
    const { logger, upstream } = this.#options;
    if (error !== undefined) this.#options.metrics.failures.inc();
    const isReachable = error === undefined;
    if (isReachable === this.#isReachable) return;
    this.#isReachable = isReachable;
    if (isReachable) logger.info({ server: upstream.url }, 'the API server behind the proxy answers again');
    else
      logger.warn(
        { server: upstream.url, error: connectionProblem(error).found },
        'the API server behind the proxy does not answer',
      );
  }
}
