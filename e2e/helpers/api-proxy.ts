/**
 * A plain HTTP server in front of an API server, through which a test sees what flows, lets lists flow slowly, and holds
 * everything back. What passes is what the API server says: only pages may be smaller than asked for, which `limit`, a
 * maximum, allows (https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks).
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import type { Dispatcher } from 'undici';
import type { ApiClient } from '../cluster/api-client.ts';

/** What has flowed since a process was started. */
export interface Traffic {
  /** Bodies of which at least a part was handed on. */
  answers: number;
  /** Parts of lists handed on. */
  listParts: number;
  /** A list has begun to flow and its last part has not been handed on. */
  listing: boolean;
  /** A watch was told that its resourceVersion is too old. */
  expired: boolean;
  /** When something of a watch was last handed on; by performance.now. */
  watchedAt: number;
}

export interface ListPace {
  /** Events a page. */
  readonly page: number;
  /** Each page is handed on in so many parts. */
  readonly parts: number;
  readonly pauseMs: number;
}

export class ApiProxy {
  /** Lists flow like this; undefined: as they come. */
  listPace: ListPace | undefined;
  readonly #client: ApiClient;
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  #traffic = newTraffic();
  #held: PromiseWithResolvers<void> | undefined;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  /** Starts to listen, and resolves with the URL. */
  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.release();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Counts anew, for a process about to be started. */
  observe(): Traffic {
    this.#traffic = newTraffic();
    return this.#traffic;
  }

  /** Hands nothing on, requests or answers, until it is released. */
  hold(): void {
    this.#held ??= Promise.withResolvers();
  }

  release(): void {
    this.#held?.resolve();
    this.#held = undefined;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const traffic = this.#traffic;
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    try {
      await this.#held?.promise;
      await this.#forward(request, response, traffic, gone.signal);
      response.end();
    } catch {
      // Either side went away: the other one sees a connection that breaks.
      response.destroy();
    }
  }

  async #forward(request: IncomingMessage, response: ServerResponse, traffic: Traffic, signal: AbortSignal) {
    const url = new URL(request.url ?? '/', 'http://proxy');
    const kind = kindOf(url);
    if (kind === 'list' && this.listPace) url.searchParams.set('limit', String(this.listPace.page));
    const { accept = '*/*', 'accept-encoding': encoding } = request.headers;
    const headers = { accept, ...(encoding !== undefined && { 'accept-encoding': encoding }) };
    const answer = await this.#client.forward(`${url.pathname}${url.search}`, headers, signal);
    response.writeHead(answer.statusCode, headersOf(answer));
    response.flushHeaders();
    if (kind === 'list' && answer.statusCode === 200) return this.#handOnList(answer, response, traffic);
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      await this.#held?.promise;
      if (kind === 'watch') noteWatch(chunk, traffic);
      traffic.answers++;
      if (!response.write(chunk)) await once(response, 'drain', { signal });
    }
  }

  async #handOnList(answer: Dispatcher.ResponseData, response: ServerResponse, traffic: Traffic): Promise<void> {
    const body = Buffer.from(await answer.body.arrayBuffer());
    const isGzip = answer.headers['content-encoding'] === 'gzip';
    const isLastPage = !/"continue":"[^"]/.test((isGzip ? gunzipSync(body) : body).subarray(0, 4_096).toString());
    const { parts, pauseMs } = this.listPace ?? { parts: 1, pauseMs: 0 };
    const length = Math.ceil(body.length / parts);
    for (let part = 0; part < parts; part++) {
      await this.#held?.promise;
      traffic.listing = !(isLastPage && part === parts - 1);
      traffic.answers++;
      traffic.listParts++;
      response.write(body.subarray(part * length, (part + 1) * length));
      await sleep(pauseMs);
    }
  }
}

function newTraffic(): Traffic {
  return { answers: 0, listParts: 0, listing: false, expired: false, watchedAt: Number.NEGATIVE_INFINITY };
}

function kindOf({ pathname, searchParams }: URL): 'watch' | 'list' | 'other' {
  if (!pathname.endsWith('/events')) return 'other';
  if (searchParams.get('watch') === 'true') return 'watch';
  // A list of one only asks for the cluster's resourceVersion.
  return searchParams.get('limit') === '1' ? 'other' : 'list';
}

/** A Status of code 410 is the answer itself or a frame of it. */
function noteWatch(chunk: Buffer, traffic: Traffic): void {
  traffic.watchedAt = performance.now();
  if (chunk.includes('"reason":"Expired"') && chunk.includes('"code":410')) traffic.expired = true;
}

// How a connection is used is a matter of each side of the proxy.
const OF_CONNECTION = new Set(['connection', 'keep-alive', 'transfer-encoding']);

function headersOf({ headers }: Dispatcher.ResponseData): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_CONNECTION.has(name)));
}
