/**
 * The Kubernetes API of events, read-only, as an API server serves it. What differs is in docs/kubernetes-api.md, which
 * resourceVersions it serves in docs/adr/0005-resource-versions.md.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf, summaryOf } from '../../core/errors.ts';
import type { Logger } from '../../telemetry/log.ts';
import { sendText } from '../listener.ts';
import { failure, NO_RESOURCE, StatusError } from '../status-error.ts';
import { type ApiRoot, parseEventsPath, parseRoot } from './api-request.ts';
import { type Document, discovery, versionInfo } from './discovery.ts';
import type { EventFeed } from './event-feed.ts';
import { EventsResource, type EventsResourceOptions } from './events-resource.ts';
import { isPretty, type ObjectOptions, sendObject } from './http-answer.ts';
import { errorType, JSON_TYPE, takesPlainJson } from './media-type.ts';
import { openapi } from './openapi.ts';
import { METHOD_NOT_ALLOWED } from './status.ts';

export interface KubernetesApiOptions extends EventsResourceOptions {
  /** Tidings' own. */
  readonly version: string;
  readonly logger: Pick<Logger, 'warn'>;
}

export class KubernetesApi {
  readonly #options: KubernetesApiOptions;
  readonly #events: EventsResource;

  constructor(options: KubernetesApiOptions) {
    this.#options = options;
    this.#events = new EventsResource(options);
  }

  /** What it reads, for those who decide what it is asked; ends with it. */
  get feed(): EventFeed {
    return this.#events.feed;
  }

  /** Whether a path belongs to this API. */
  serves(path: string): boolean {
    return /^\/(?:clusters|window|api|apis|openapi|version)(?:\/|$)/.test(path);
  }

  /** Answers the request, whatever it is. Never rejects. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const printed = printedErrors(request);
    await this.tryAnswer(request, response).catch((error: unknown) => this.#fail(error, response, printed));
  }

  /** The same, but rejects as long as nothing was sent: with a {@link StatusError}, or with what went wrong. */
  async tryAnswer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('Audit-Id', randomUUID());
    response.setHeader('Cache-Control', 'no-cache, private');
    try {
      await this.#route(request, response, new URL(request.url ?? '/', 'http://localhost'));
    } catch (error) {
      if (!response.headersSent) throw error;
      this.#fail(error, response, { pretty: false, mediaType: JSON_TYPE });
    }
  }

  /** Ends the watches. */
  close(): Promise<void> {
    return this.#events.close();
  }

  #fail(error: unknown, response: ServerResponse, printed: ObjectOptions): void {
    // Whoever has gone is told nothing.
    if (response.destroyed) return;
    if (response.headersSent || !(error instanceof StatusError)) {
      this.#options.logger.warn({ error: messageOf(error) }, 'a read of the Kubernetes API failed');
    }
    if (response.headersSent) response.destroy();
    else if (error instanceof StatusError) {
      sendObject(response, error.status.code, error.status, { ...printed, headers: error.headers });
    } else {
      // It may come before it is known who asks.
      const message = `Internal error occurred: ${summaryOf(error)}`;
      sendObject(response, 500, failure(500, message, { reason: 'InternalError' }), printed);
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const root = parseRoot(url.pathname);
    const events = parseEventsPath(root.path);
    if (events) return this.#events.answer({ root, events, query: url.searchParams }, request, response);
    const { method = 'GET' } = request;
    const { path, cluster } = root;
    await this.#options.access.path({ path, verb: method.toLowerCase(), ...(cluster && { cluster }) }, request);
    const document = this.#document(root, request);
    if (!document) {
      if (!/^\/(?:api|apis\/(?:events\.k8s\.io|history\.tidings\.dev))(?:\/|$)/.test(path))
        return sendText(response, 404, '404 page not found\n');
      throw new StatusError(NO_RESOURCE);
    }
    if (method !== 'GET') throw new StatusError(METHOD_NOT_ALLOWED);
    const pretty = isPretty(request, url.searchParams);
    sendObject(response, 200, document.body, { ...document, pretty, mediaType: JSON_TYPE });
  }

  #document({ path, prefix }: ApiRoot, request: IncomingMessage): Document | undefined {
    const { accept, host = 'localhost' } = request.headers;
    const found = discovery(path, accept, host);
    if (found) return found;
    const body = path === '/version' ? versionInfo(this.#options.version) : openapi(path, prefix);
    return body && { body, headers: {} };
  }
}

/** Errors for whoever wants no plain JSON are indented, as an API server prints what nobody has negotiated. */
function printedErrors(request: IncomingMessage): ObjectOptions {
  const { accept } = request.headers;
  const url = request.url ?? '/';
  const query = new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?')) : '');
  return { pretty: isPretty(request, query) || !takesPlainJson(accept), mediaType: errorType(accept) };
}
