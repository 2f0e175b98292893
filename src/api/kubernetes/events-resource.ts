/** Events as a resource: who may read which of them, and whether one, a list or a watch is asked for. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ClusterVersions, EventVersions } from '../../component/event-versions.ts';
import { acceptedEncodings } from '../accepted-encodings.ts';
import { type Access, callerOf, type Sight } from '../access.ts';
import type { FairUse } from '../fair-use.ts';
import { goneSignal } from '../gone-signal.ts';
import { NO_RESOURCE, StatusError } from '../status-error.ts';
import { AnswerMemory } from './answer-memory.ts';
import type { EventsPath } from './api-request.ts';
import { coverageWarnings, warningHeaders } from './coverage-warnings.ts';
import { EventFeed } from './event-feed.ts';
import { attemptOf, type EventsQuestion, listOptionsOf, whileSame } from './events-attempt.ts';
import { type EventsRequest, requireReached, requireServedVersion, windowStart } from './events-request.ts';
import { isPretty, itemsPrinter, sendItems, sendObject } from './http-answer.ts';
import { listEvents } from './list-events.ts';
import { parseResourceVersion } from './list-options.ts';
import { negotiate } from './media-type.ts';
import { itemsField, listEnvelope, listItem, parseIncludeObject, servedEvent, standalone } from './representation.ts';
import { METHOD_NOT_ALLOWED, notFound } from './status.ts';
import { beginsWithState, EventsWatch } from './watch-events.ts';

export interface EventsResourceOptions {
  readonly versions: EventVersions;
  /** The cluster at `/`, once it is known; else the first one stored. */
  readonly defaultCluster?: () => Promise<string | undefined>;
  /** How long events stay in what is served, unless somebody asks for more. */
  readonly windowMs: number;
  readonly access: Access;
  readonly now?: () => number;
  /** What one caller may take of it. */
  readonly fairUse: FairUse;
}

// A watch without timeoutSeconds ends after 30 to 60 minutes.
// https://github.com/kubernetes/apiserver/blob/v0.35.4/pkg/endpoints/handlers/get.go
const LEAST_TIMEOUT_SECONDS = 1_800;
/** What a timer can hold. */
const MOST_TIMEOUT_SECONDS = 2_000_000;

export class EventsResource {
  /** For others that read the same store; ends with this. */
  readonly feed: EventFeed;
  readonly #options: EventsResourceOptions;
  readonly #now: () => number;
  readonly #memory = new AnswerMemory();
  readonly #closing = new AbortController();
  readonly #watches = new Set<Promise<void>>();
  /** Once it is known, it stays. */
  #defaultCluster: string | undefined;

  constructor(options: EventsResourceOptions) {
    this.#options = options;
    this.feed = new EventFeed(options.versions);
    this.#now = options.now ?? Date.now;
  }

  /** Rejects as long as nothing was sent: with a {@link StatusError}, or with what went wrong. */
  async answer(asked: EventsQuestion, http: IncomingMessage, response: ServerResponse): Promise<void> {
    const { root, events, query } = asked;
    const { group, namespace, name } = events;
    const parsed = listOptionsOf(asked);
    const known = await this.#cluster(root.cluster);
    // Who may not ask is told nothing else, as by an API server.
    const attempt = attemptOf(asked, known?.name ?? root.cluster ?? '', http.method, parsed);
    const sight = await this.#options.access.events(attempt, http);
    if (http.method !== 'GET') throw new StatusError(METHOD_NOT_ALLOWED);
    if (parsed instanceof Error) throw parsed;
    const isGet = name !== undefined && !events.watch;
    const representation = negotiate(http.headers.accept, isGet ? 'get' : parsed.watch ? 'watch' : 'list');
    if (!known) throw new StatusError(NO_RESOURCE);
    const request: EventsRequest = {
      feed: this.feed,
      cluster: known,
      namespace,
      options: parsed,
      shape: {
        group,
        representation,
        includeObject: parseIncludeObject(query.get('includeObject'), representation),
        epoch: known.epoch,
      },
      windowMs: root.windowMs ?? this.#options.windowMs,
      notBefore: sight.notBefore ?? Number.MIN_SAFE_INTEGER,
      fairUse: this.#options.fairUse,
      caller: callerOf(http, sight),
      gone: goneSignal(response),
      pretty: isPretty(http, query),
      gzip: acceptedEncodings(http).includes('gzip'),
    };
    if (parsed.watch) return this.#watch(request, response, () => this.#options.access.events(attempt, http), sight);
    const end = await this.#options.fairUse.read(request.caller, request.gone);
    try {
      if (!isGet) return await this.#list(request, response);
      const wanted = parseResourceVersion(query.get('resourceVersion'));
      return await this.#get(request, { namespace, name, wanted }, response);
    } finally {
      end();
    }
  }

  /** Ends the watches. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#watches);
    this.feed.close();
  }

  /** Undefined when there is none of that name. */
  async #cluster(asked: string | undefined): Promise<ClusterVersions | undefined> {
    const clusters = await this.feed.clusters();
    if (asked === undefined) this.#defaultCluster ??= await this.#options.defaultCluster?.();
    const name = asked ?? this.#defaultCluster;
    const found = name === undefined ? clusters[0] : clusters.find((cluster) => cluster.name === name);
    // Nothing was stored yet.
    return found ?? (asked === undefined ? { name: name ?? '', epoch: 0, positions: new Map() } : undefined);
  }

  async #get(
    request: EventsRequest,
    {
      namespace = '',
      name = '',
      wanted,
    }: Pick<EventsPath, 'namespace' | 'name'> & { readonly wanted: number | undefined },
    response: ServerResponse,
  ): Promise<void> {
    const { cluster, shape, pretty, gone } = request;
    const served = requireServedVersion(cluster, request.namespace);
    requireReached(wanted, served);
    const now = this.#now();
    const version = { cluster: cluster.name, resourceVersion: served };
    const event = await this.#options.versions.named(version, { namespace, name }, windowStart(request, now), gone);
    if (!event) {
      await this.#warn(request, response);
      throw notFound(shape.group, name);
    }
    const { mediaType } = shape.representation;
    sendObject(response, 200, standalone(servedEvent(event, cluster.epoch), shape, now), { pretty, mediaType });
  }

  async #list(request: EventsRequest, response: ServerResponse): Promise<void> {
    const { shape, pretty, gzip } = request;
    const now = this.#now();
    const { mediaType } = shape.representation;
    const printItems = itemsPrinter({ pretty, mediaType }, this.#memory.printer(response));
    const {
      resourceVersion,
      items,
      continue: token,
    } = await listEvents(request, now, (events) =>
      printItems(events.map((event) => listItem(servedEvent(event, shape.epoch), shape, now))),
    );
    // A list that goes on has been warned of when it began.
    if (request.options.continue === undefined) await this.#warn(request, response);
    const metadata = { resourceVersion: String(resourceVersion), ...(token !== undefined && { continue: token }) };
    await sendItems(
      response,
      listEnvelope(shape, metadata),
      { field: itemsField(shape), items },
      { pretty, mediaType, gzip },
    );
  }

  /** Tells with the answer what of its range nobody observed. */
  async #warn(request: EventsRequest, response: ServerResponse): Promise<void> {
    const now = this.#now();
    const start = windowStart(request, now);
    const since = start === Number.MIN_SAFE_INTEGER ? undefined : start;
    const { cluster, namespace } = request;
    const asked = { cluster: cluster.name, namespace, since, now, isFromTopic: cluster.newest !== undefined };
    const warnings = coverageWarnings(await request.feed.coverage(), asked);
    if (warnings.length > 0) response.setHeader('Warning', warningHeaders(warnings));
  }

  async #watch(
    request: EventsRequest,
    response: ServerResponse,
    look: () => Promise<Sight>,
    sight: Sight,
  ): Promise<void> {
    const endUse = this.#options.fairUse.watch(request.caller);
    const ending = new AbortController();
    const end = (): void => ending.abort();
    const { timeoutSeconds = LEAST_TIMEOUT_SECONDS * (1 + Math.random()) } = request.options;
    const timer = setTimeout(end, Math.min(timeoutSeconds, MOST_TIMEOUT_SECONDS) * 1_000);
    response.once('close', end);
    this.#closing.signal.addEventListener('abort', end, { once: true });
    if (this.#closing.signal.aborted || request.gone.aborted) end();
    whileSame(look, sight, ending.signal).catch((error: unknown) => ending.abort(error));
    const watch = async (): Promise<void> => {
      if (beginsWithState(request.options)) await this.#warn(request, response);
      await new EventsWatch(request, response, ending.signal, this.#now).run();
    };
    const run = watch();
    const settled = run.catch(() => {});
    this.#watches.add(settled);
    try {
      await run;
      response.end();
    } finally {
      clearTimeout(timer);
      response.off('close', end);
      this.#closing.signal.removeEventListener('abort', end);
      this.#watches.delete(settled);
      endUse();
    }
  }
}
