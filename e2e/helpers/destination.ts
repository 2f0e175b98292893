/**
 * A destination that does what a test tells it to, and remembers what it has taken: an HTTP server of NDJSON, and of the
 * bulk API of OpenSearch. What it has taken is only ever what had arrived whole.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What is wrong with it. */
export type Fault =
  /** It answers every request so, and takes nothing. */
  | { readonly status: number; readonly headers?: OutgoingHttpHeaders }
  /** It never answers, and takes nothing. */
  | 'hang'
  /** It resets the connection while the request arrives. */
  | 'reset'
  /** It takes everything, and resets the connection within the answer. */
  | 'cut'
  /** It takes every other item of a bulk request and has no room for the others. */
  | 'half';

/** What has become of a request, when a test is told. */
export const MOMENTS = {
  arrived: 'a request has arrived whole, and nothing was done with it',
  taken: 'what it holds is taken, and that was not said',
  answered: 'the whole answer was sent',
} as const;
export type Moment = keyof typeof MOMENTS;

interface Arrival {
  readonly key: string;
  /** Which revision of an event about which object it is. */
  readonly object: string;
  readonly resourceVersion: number;
}

export interface Taken {
  /** When it was taken first; by performance.now. */
  readonly at: number;
  times: number;
  /** Of those, how often nothing explains it: it had been told so already, and had not been restarted since. */
  unexplained: number;
  /** The life of the program in which it was last told that this was taken; 0: it was not told yet. */
  toldIn: number;
}

interface Decision {
  readonly taken: readonly Arrival[];
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

const TEMPLATE = '/_index_template/';

export class Destination {
  fault: Fault | undefined;
  /** How many requests a fault has met. */
  faulted = 0;
  /** Keys of records that it will never take. */
  readonly refuses: (key: string) => boolean;
  /** Told of every request. */
  onRequest: (moment: Moment) => void = () => {};
  readonly taken = new Map<string, Taken>();
  /** When requests began to arrive; by performance.now. */
  readonly requests: number[] = [];
  /** Records that were first taken after a later revision about the same object. */
  disordered = 0;
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #newest = new Map<string, number>();
  /** Counts the starts of the program that sends. */
  #life = 1;
  #port = 0;

  constructor(options: { readonly refuses?: (key: string) => boolean } = {}) {
    this.refuses = options.refuses ?? (() => false);
  }

  /** Without a slash at the end. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Begins to listen, always on the same port. */
  async open(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Works again, for whoever asks from now on. */
  async mend(): Promise<void> {
    this.fault = undefined;
    if (!this.#server.listening) await this.open();
  }

  /** To be called when the program that sends has ended, before it starts again. */
  async newLife(): Promise<void> {
    // What it had sent may still arrive.
    do await sleep(10);
    while (await this.#connections());
    this.#life++;
  }

  /** Breaks every connection and refuses others. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #connections(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests.push(performance.now());
    if (this.fault === 'reset') {
      this.faulted++;
      request.once('data', () => request.socket.resetAndDestroy());
      return;
    }
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      // The other side broke off.
      return;
    }
    if (this.fault !== undefined) this.faulted++;
    if (this.fault === 'hang') return;
    this.onRequest('arrived');
    const isBulk = request.url?.startsWith('/_bulk') ?? false;
    if (request.url?.startsWith(TEMPLATE)) response.end('{"acknowledged":true}');
    else this.#answer(response, this.#decide(Buffer.concat(chunks).toString(), isBulk));
  }

  #decide(body: string, isBulk: boolean): Decision {
    if (typeof this.fault === 'object') return { taken: [], ...this.fault };
    const lines = body.split('\n').filter((line) => line !== '');
    const arrivals = lines.filter((_, index) => !isBulk || index % 2 === 1).map(parseArrival);
    return isBulk ? this.#decideBulk(arrivals) : this.#decideWhole(arrivals);
  }

  #decideWhole(arrivals: readonly Arrival[]): Decision {
    if (arrivals.some(({ key }) => this.refuses(key))) return { taken: [], status: 400 };
    return { taken: arrivals, status: 200, body: '{"took":1}' };
  }

  /** https://docs.opensearch.org/latest/api-reference/document-apis/bulk/#response */
  #decideBulk(arrivals: readonly Arrival[]): Decision {
    const taken: Arrival[] = [];
    const items = arrivals.map((arrival, index) => {
      if (this.refuses(arrival.key)) return item(400, { type: 'mapper_parsing_exception', reason: 'refused' });
      if (this.fault === 'half' && index % 2 === 1) {
        return item(429, { type: 'rejected_execution_exception', reason: 'the queue is full' });
      }
      taken.push(arrival);
      return item(201);
    });
    return { taken, status: 200, body: JSON.stringify({ errors: taken.length < arrivals.length, items }) };
  }

  #answer(response: ServerResponse, { taken, status, headers = {}, body = '' }: Decision): void {
    for (const arrival of taken) this.#take(arrival);
    this.onRequest('taken');
    if (this.fault === 'cut') {
      response.writeHead(status, { ...headers, 'content-length': body.length });
      response.write(body.slice(0, body.length / 2), () => response.socket?.resetAndDestroy());
      return;
    }
    response.once('finish', () => {
      for (const { key } of taken) this.#tell(key);
      this.onRequest('answered');
    });
    response.writeHead(status, headers).end(body);
  }

  #take({ key, object, resourceVersion }: Arrival): void {
    const known = this.taken.get(key);
    if (known) {
      known.times++;
      if (known.toldIn === this.#life) known.unexplained++;
      return;
    }
    this.taken.set(key, { at: performance.now(), times: 1, unexplained: 0, toldIn: 0 });
    const newest = this.#newest.get(object) ?? 0;
    if (resourceVersion < newest) this.disordered++;
    else this.#newest.set(object, resourceVersion);
  }

  #tell(key: string): void {
    const taken = this.taken.get(key);
    if (taken) taken.toldIn = this.#life;
  }
}

function item(status: number, error?: { readonly type: string; readonly reason: string }): object {
  return { create: { status, ...(error && { error }) } };
}

interface SentRecord {
  readonly key: string;
  readonly event: {
    readonly metadata: { readonly resourceVersion: string };
    readonly involvedObject: { readonly kind?: string; readonly namespace?: string; readonly name?: string };
  };
}

function parseArrival(line: string): Arrival {
  const { key, event } = JSON.parse(line) as SentRecord;
  const { kind, namespace, name } = event.involvedObject;
  return { key, object: `${kind}/${namespace}/${name}`, resourceVersion: Number(event.metadata.resourceVersion) };
}
