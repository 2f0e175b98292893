/**
 * The API server in front of the simulated cluster: discovery, and list, watch and get of events in both groups
 * and of the objects they are about, those also as metadata alone, over plain HTTP/1.1 on loopback, with the answers of a kube-apiserver 1.35.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { discovery, kubeSystem } from './_discovery.ts';
import { FrameCache } from './_frame-cache.ts';
import { pageOf, sendList } from './_list.ts';
import type { ApiResource } from './_resources.ts';
import { Watch } from './_watch.ts';
import {
  type Attempt,
  forbidden,
  LIST_EXPIRED,
  METHOD_NOT_ALLOWED,
  NO_RESOURCE,
  notFound,
  SERVER_ERROR,
  type Status,
  StatusError,
  UNAUTHORIZED,
  WATCH_EXPIRED,
} from './api-status.ts';
import type { SimulatedCluster } from './cluster.ts';
import { type EventRequest, parseEventRequest, parseObjectRequest } from './event-request.ts';
import type { EventStore } from './event-store.ts';
import { type FaultAnswer, Faults, type FaultyConnections } from './faults.ts';
import { seconds } from './timestamps.ts';

const HEALTH = new Set(['/readyz', '/livez', '/healthz']);
// A watch without timeoutSeconds ends after 30 to 60 minutes.
// https://github.com/kubernetes/apiserver/blob/v0.35.4/pkg/endpoints/handlers/get.go
const LEAST_TIMEOUT_SECONDS = 1_800;

export class ApiServer implements FaultyConnections {
  readonly faults: Faults;
  readonly #cluster: SimulatedCluster;
  readonly #uid: string;
  readonly #createdAt: number;
  readonly #server: Server;
  readonly #watches = new Set<Watch>();
  readonly #frames = new FrameCache();
  readonly #stopListening: () => void;
  #wakeUp: NodeJS.Immediate | undefined;

  /** `uid` is the cluster's: that of its kube-system namespace. */
  constructor(cluster: SimulatedCluster, uid: string, tokens: readonly string[]) {
    this.#cluster = cluster;
    this.#uid = uid;
    this.#createdAt = cluster.now();
    this.faults = new Faults(cluster, this, tokens);
    const stops = [cluster.store, cluster.objects].map((store) => store.onChange(() => this.wakeWatches()));
    this.#stopListening = () => {
      for (const stop of stops) stop();
    };
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /** Starts to listen; returns the port. */
  listen({ host, port }: { readonly host: string; readonly port: number }): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        const address = this.#server.address();
        resolve(typeof address === 'object' && address ? address.port : port);
      });
    });
  }

  async close(): Promise<void> {
    this.#stopListening();
    clearImmediate(this.#wakeUp);
    for (const watch of this.#watches) watch.cut();
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.#server.closeAllConnections();
    await closed;
  }

  cutWatches(): void {
    for (const watch of this.#watches) watch.cut();
  }

  // Once for all changes that are made before the loop comes round.
  wakeWatches(): void {
    this.#wakeUp ??= setImmediate(() => {
      this.#wakeUp = undefined;
      for (const watch of this.#watches) watch.pump();
    });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    response.setHeader('Audit-Id', randomUUID());
    response.setHeader('Cache-Control', 'no-cache, private');
    this.#route(request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) response.destroy();
      else if (error instanceof StatusError) sendJson(response, error.status.code, error.status, error.headers);
      else sendJson(response, 500, { ...SERVER_ERROR, message: String(error) });
    });
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.faults.knows(request.headers.authorization)) throw new StatusError(UNAUTHORIZED);
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (HEALTH.has(url.pathname)) {
      sendText(response, 200, 'ok');
      return;
    }
    const serve = this.#serverOf(url, request, response);
    if (!serve) {
      if (!/^\/apis?\//.test(url.pathname)) sendText(response, 404, '404 page not found\n');
      else throw new StatusError(NO_RESOURCE);
      return;
    }
    if (request.method !== 'GET') throw new StatusError(METHOD_NOT_ALLOWED);
    await serve();
  }

  /** What answers a request; undefined where nothing is. */
  #serverOf(url: URL, http: IncomingMessage, response: ServerResponse): (() => Promise<void>) | undefined {
    const events = parseEventRequest(url);
    if (events) return () => this.#events(events, http, response);
    const objects = parseObjectRequest(url, http.headers.accept ?? '');
    if (objects) return () => this.#objects(objects, http, response);
    const document = this.#document(url.pathname);
    return document && (async () => sendJson(response, 200, document));
  }

  #document(path: string): object | undefined {
    if (path !== '/api/v1/namespaces/kube-system') return discovery(path);
    if (this.faults.refuses(undefined)) {
      const attempt: Attempt = {
        verb: 'get',
        group: '',
        resource: 'namespaces',
        namespace: 'kube-system',
        name: 'kube-system',
      };
      throw new StatusError(forbidden(attempt));
    }
    return kubeSystem(this.#uid, seconds(this.#createdAt));
  }

  async #events(request: EventRequest, http: IncomingMessage, response: ServerResponse): Promise<void> {
    const { group, namespace } = request;
    if (this.faults.refuses(namespace)) {
      throw new StatusError(forbidden({ verb: verbOf(request), group, resource: 'events', ...placeOf(request) }));
    }
    const fault = this.faults.takeAnswer(request.watch ? 'watch' : 'list');
    if (fault && this.#faulty(fault, request, response)) return;
    await this.#serve(this.#cluster.store, request, http, response);
  }

  async #objects(
    { resource, request }: { readonly resource: ApiResource; readonly request: EventRequest },
    http: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const verb = verbOf(request);
    this.faults.requested(verb, resource.name);
    if (this.faults.refusesObjects(resource.name)) {
      throw new StatusError(forbidden({ verb, group: request.group, resource: resource.name, ...placeOf(request) }));
    }
    const fault = this.faults.takeAnswer(`objects-${verb}`);
    if (fault && this.#faulty(fault, request, response)) return;
    await this.#serve(this.#cluster.objects.storeOf(resource), request, http, response);
  }

  async #serve(
    store: EventStore,
    request: EventRequest,
    http: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { name } = request;
    if (request.watch) this.#watch(store, request, response);
    else if (name !== undefined) this.#single(store, request, name, response);
    else {
      response.setHeader('Content-Type', 'application/json');
      const gzip = /\bgzip\b/.test(String(http.headers['accept-encoding'] ?? ''));
      const page = pageOf(store, request);
      await sendList(response, request, page, { gzip, bytesPerSecond: this.faults.bytesPerSecond });
    }
  }

  #single(store: EventStore, request: EventRequest, name: string, response: ServerResponse): void {
    const object = store.get(request.namespace ?? '', name);
    if (!object) throw new StatusError(notFound(request, name));
    sendJson(response, 200, request.representation.json(object.json));
  }

  #watch(store: EventStore, request: EventRequest, response: ServerResponse): void {
    response.setHeader('Content-Type', 'application/json');
    const watch = new Watch(store, this.faults, this.#frames, request, response);
    const { timeoutSeconds = LEAST_TIMEOUT_SECONDS * (1 + Math.random()) } = request;
    const timeout = setTimeout(() => watch.end(), timeoutSeconds * 1_000);
    response.once('close', () => {
      clearTimeout(timeout);
      this.#watches.delete(watch);
    });
    this.#watches.add(watch);
    const fromAny = request.sendInitialEvents || !request.resourceVersion;
    // The state is all of it, whatever limit the request has.
    watch.start(fromAny ? pageOf(store, { ...request, resourceVersion: 0, limit: undefined }).items : undefined);
  }

  /** Answers with a fault; false when it does not fit the request. */
  #faulty(fault: FaultAnswer, request: EventRequest, response: ServerResponse): boolean {
    switch (fault.kind) {
      case 'expired':
        throw new StatusError(request.watch ? WATCH_EXPIRED : LIST_EXPIRED);
      case 'expired-frame':
        if (!request.watch) return false;
        sendJson(response, 200, { type: 'ERROR', object: WATCH_EXPIRED });
        return true;
      case 'too-many-requests':
        // By priority and fairness, in plain text.
        // https://github.com/kubernetes/apiserver/blob/v0.35.4/pkg/server/filters/priority-and-fairness.go
        response.setHeader('Retry-After', fault.retryAfterSeconds);
        sendText(response, 429, 'Too many requests, please try again later.\n');
        return true;
      case 'server-error':
        throw new StatusError(SERVER_ERROR);
      case 'hang':
        return true;
    }
  }
}

function verbOf({ watch, name }: EventRequest): Attempt['verb'] {
  return watch ? 'watch' : name === undefined ? 'list' : 'get';
}

function placeOf({ namespace, name }: EventRequest): Pick<Attempt, 'namespace' | 'name'> {
  return { ...(namespace !== undefined && { namespace }), ...(name !== undefined && { name }) };
}

function sendJson(
  response: ServerResponse,
  code: number,
  body: Status | object | string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const bytes = Buffer.from(`${typeof body === 'string' ? body : JSON.stringify(body)}\n`);
  response.writeHead(code, { 'Content-Type': 'application/json', 'Content-Length': bytes.length, ...headers });
  response.end(bytes);
}

function sendText(response: ServerResponse, code: number, text: string): void {
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.writeHead(code, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}
