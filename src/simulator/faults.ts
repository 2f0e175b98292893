/**
 * What can go wrong between the cluster and whoever watches it, as switches that may be thrown at any time. A fault
 * with a number of times ends by itself; the others last until they are thrown back.
 */
import type { SimulatedCluster } from './cluster.ts';
import type { Snapshot } from './event-store.ts';

/** Which requests for events a fault is about. */
export type FaultTarget = 'list' | 'watch' | 'any' | ObjectTarget;
/** Which requests for other objects. */
export type ObjectTarget = `objects-${'get' | 'list' | 'watch'}`;

export interface FaultOptions {
  /** Default: any. */
  readonly on?: FaultTarget;
  /** How many requests it hits; default 1. */
  readonly times?: number;
}

/** How a request is answered instead. */
export type FaultAnswer =
  /** HTTP 410. */
  | { readonly kind: 'expired' }
  /** HTTP 200 and an ERROR frame of code 410; for a watch. */
  | { readonly kind: 'expired-frame' }
  | { readonly kind: 'too-many-requests'; readonly retryAfterSeconds: number }
  | { readonly kind: 'server-error' }
  /** The request is accepted, and nothing is ever sent. */
  | { readonly kind: 'hang' };

/** What becomes of the next frame of a watch: sent in half before the connection is cut, twice, or after its successor. */
export type FrameFault = 'torn' | 'duplicate' | 'out-of-order';

interface PlannedAnswer {
  readonly on: FaultTarget;
  readonly answer: FaultAnswer;
  times: number;
}

/** What faults need of the server. */
export interface FaultyConnections {
  /** Destroys the connections of all open watches. */
  cutWatches(): void;
  /** Lets watches look again whether they have something to send. */
  wakeWatches(): void;
}

const HUGE_BYTES = 5 * 1024 * 1024;

export class Faults {
  readonly #cluster: SimulatedCluster;
  readonly #connections: FaultyConnections;
  readonly #answers: PlannedAnswer[] = [];
  readonly #frames: FrameFault[] = [];
  readonly #refused = new Set<string>();
  readonly #refusedObjects = new Set<string>();
  readonly #objectRequests = new Map<string, number>();
  #tokens: readonly string[];
  #held = false;
  #bytesPerSecond: number | undefined;

  /** With `tokens`, only requests that bear one of them are answered. */
  constructor(cluster: SimulatedCluster, connections: FaultyConnections, tokens: readonly string[]) {
    this.#cluster = cluster;
    this.#connections = connections;
    this.#tokens = tokens;
  }

  /** Destroys the connection of every open watch. */
  cut(): void {
    this.#connections.cutWatches();
  }

  /** The next request has expired: as HTTP status, or as an ERROR frame of a watch. */
  expired(form: 'status' | 'frame', options: FaultOptions = { on: 'watch' }): void {
    this.#plan({ kind: form === 'status' ? 'expired' : 'expired-frame' }, options);
  }

  tooManyRequests(retryAfterSeconds: number, options: FaultOptions = {}): void {
    this.#plan({ kind: 'too-many-requests', retryAfterSeconds }, options);
  }

  serverError(options: FaultOptions = {}): void {
    this.#plan({ kind: 'server-error' }, options);
  }

  /** The next request is accepted and never answered. */
  hang(options: FaultOptions = {}): void {
    this.#plan({ kind: 'hang' }, options);
  }

  /** Bodies of lists and watches go out at this rate; `undefined` ends that. */
  slow(bytesPerSecond: number | undefined): void {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** The next frame of any watch is sent in half, then its connection is cut. */
  tornFrame(): void {
    this.#frames.push('torn');
  }

  /** The next frame of any watch is sent twice. */
  duplicate(): void {
    this.#frames.push('duplicate');
  }

  /** The next frame of any watch is sent after the one that follows it. */
  outOfOrder(): void {
    this.#frames.push('out-of-order');
  }

  /** Watches stay open and silent until {@link release}: lists meanwhile show what their frames will. */
  delay(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.#connections.wakeWatches();
  }

  /** An event is written whose frame is larger than 4 MiB. */
  hugeEvent(bytes = HUGE_BYTES): void {
    const node = this.#cluster.nodes[0];
    this.#cluster.emit({
      afterMs: 0,
      by: { component: 'bulk-importer', manager: 'bulk-importer', api: 'v1' },
      about: { kind: 'Node', name: node?.name ?? 'node-1', apiVersion: 'v1' },
      type: 'Warning',
      reason: 'ImportFailed',
      message: 'x'.repeat(bytes),
    });
  }

  /** The state to go {@link rewind} to. */
  backup(): Snapshot {
    return this.#cluster.store.snapshot();
  }

  /** etcd is restored from a backup: resourceVersions go back, and the API server starts anew. */
  rewind(backup: Snapshot): void {
    this.#cluster.store.restore(backup);
    this.cut();
  }

  /** The clocks of whoever writes events are ahead of the API server's by this much (behind, if negative). */
  clockSkew(ms: number): void {
    this.#cluster.skewClocks(ms);
  }

  /** Reading events is refused (403) in a namespace, or with `*` everywhere, and open watches there are cut. */
  refuse(namespace = '*'): void {
    this.#refused.add(namespace);
    this.cut();
  }

  /** Reading a resource other than events, as `pods`, is refused (403), and open watches are cut. */
  refuseObjects(resource: string): void {
    this.#refusedObjects.add(resource);
    this.cut();
  }

  /** How often objects were asked for, as `get pods`. */
  get objectRequests(): ReadonlyMap<string, number> {
    return this.#objectRequests;
  }

  /** What was refused is allowed again. */
  allow(): void {
    this.#refused.clear();
    this.#refusedObjects.clear();
  }

  /** From now on only these bearer tokens are known; others get 401, and open watches are cut. */
  unauthorized(tokens: readonly string[]): void {
    this.#tokens = tokens;
    this.cut();
  }

  /** For the server: whether a request with this Authorization header is somebody's. */
  knows(authorization: string | undefined): boolean {
    return this.#tokens.length === 0 || this.#tokens.some((token) => authorization === `Bearer ${token}`);
  }

  /** For the server: whether events of a namespace (undefined: all) may not be read. */
  refuses(namespace: string | undefined): boolean {
    return this.#refused.has('*') || (namespace === undefined ? this.#refused.size > 0 : this.#refused.has(namespace));
  }

  /** For the server. */
  refusesObjects(resource: string): boolean {
    return this.#refusedObjects.has(resource);
  }

  /** For the server: takes note of a request for objects. */
  requested(verb: string, resource: string): void {
    const request = `${verb} ${resource}`;
    this.#objectRequests.set(request, (this.#objectRequests.get(request) ?? 0) + 1);
  }

  /** For the server: takes what is planned for this request. */
  takeAnswer(target: 'list' | 'watch' | ObjectTarget): FaultAnswer | undefined {
    const isEvents = target === 'list' || target === 'watch';
    const index = this.#answers.findIndex(({ on }) => on === target || (isEvents && on === 'any'));
    const planned = this.#answers[index];
    if (!planned) return undefined;
    planned.times -= 1;
    if (planned.times <= 0) this.#answers.splice(index, 1);
    return planned.answer;
  }

  /** For the server: takes what is planned for the frame it is about to send. */
  takeFrameFault(): FrameFault | undefined {
    return this.#frames.shift();
  }

  get held(): boolean {
    return this.#held;
  }

  get bytesPerSecond(): number | undefined {
    return this.#bytesPerSecond;
  }

  #plan(answer: FaultAnswer, { on = 'any', times = 1 }: FaultOptions): void {
    this.#answers.push({ on, answer, times });
  }
}
