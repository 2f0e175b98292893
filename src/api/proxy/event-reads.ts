/**
 * Reads of events that come through the proxy: answered from the history where it has all that is asked for, as new as
 * whoever asks has to see it. Everything else is for the API server.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf } from '../../core/errors.ts';
import { ALL_NAMESPACES, type Scope } from '../../core/record.ts';
import type { Logger } from '../../telemetry/log.ts';
import { Change } from '../../util/change.ts';
import { HISTORY } from '../event-group.ts';
import { goneSignal } from '../gone-signal.ts';
import { type EventsPath, parseEventsPath } from '../kubernetes/api-request.ts';
import { isApiServerToken } from '../kubernetes/continue-token.ts';
import type { KubernetesApi } from '../kubernetes/kubernetes-api.ts';
import { servedVersion } from '../kubernetes/served-version.ts';
import { sendJson } from '../send-json.ts';
import { StatusError, TOO_MANY_REQUESTS } from '../status-error.ts';
import { hasBody } from './onward-request.ts';
import type { RecentWrites } from './recent-writes.ts';
import { onWrittenVersion } from './written-version.ts';

type AnsweringApi = Pick<KubernetesApi, 'tryAnswer' | 'answer' | 'feed'>;

export interface EventReadsOptions {
  /** The cluster behind the proxy, as it is stored. */
  readonly cluster: string;
  /** What answers for that cluster now, by the rights of the caller. */
  readonly api: () => AnsweringApi;
  /** The scopes of the cluster that are being watched now. */
  readonly watched: () => Promise<ReadonlySet<Scope>>;
  readonly writes: RecentWrites;
  /** A resourceVersion at or above everything that was written, by the program's own credentials. */
  readonly newestVersion: (namespace: string) => Promise<number>;
  readonly logger: Pick<Logger, 'warn'>;
}

/**
 * What became of a read: `answered`, at once or after it has `waited` for the history; or why it is passed on. Nothing was
 * said then.
 */
export type ReadOutcome = 'answered' | 'waited' | PassedBecause;

/**
 * `uncovered`: not everything asked for is watched and listed; `behind`: the history is not where it has to be in time;
 * `refused`: the caller may not, or it cannot be asked; `unknown`: no event of that name; `unanswerable`: anything else.
 */
export const PASSED_BECAUSE = ['uncovered', 'behind', 'refused', 'unknown', 'unanswerable'] as const;
export type PassedBecause = (typeof PASSED_BECAUSE)[number];

const MAX_WAIT_MS = 1_000;
const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

export class EventReads {
  readonly #options: EventReadsOptions;
  /** What kept the last read from being answered, if that was none of the API's own answers. */
  #problem: string | undefined;

  constructor(options: EventReadsOptions) {
    this.#options = options;
  }

  /** Undefined for what is no read of events. Never rejects. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<ReadOutcome | undefined> {
    const asked = askedOf(request);
    if (!asked || request.method !== 'GET' || hasBody(request)) return undefined;
    const { path, query } = asked;
    const token = query.get('continue');
    if (token) {
      if (isApiServerToken(token)) return 'unanswerable';
      // The API server would take it for one of its own, and go on elsewhere.
      await this.#options.api().answer(request, response);
      return 'answered';
    }
    try {
      const api = this.#options.api();
      if (!(await this.#isCovered(api, path))) return 'uncovered';
      const hasWaited = await this.#isReached(api, { ...path, wanted: versionOf(query) }, response);
      if (hasWaited === undefined) return 'behind';
      await api.tryAnswer(request, response);
      this.#problem = undefined;
      return hasWaited ? 'waited' : 'answered';
    } catch (error) {
      if (error instanceof StatusError && error.status === TOO_MANY_REQUESTS) {
        // The API server is not to bear what Tidings does not.
        sendJson(response, error.status.code, error.status, error.headers);
        return 'answered';
      }
      const problem = error instanceof StatusError ? error.cause : error;
      if (problem !== undefined) this.#note(messageOf(problem));
      return passedBecause(error);
    }
  }

  /** Says it once, not for every read. */
  #note(problem: string): void {
    if (this.#problem !== problem) this.#options.logger.warn({ problem }, 'reads of events pass through');
    this.#problem = problem;
  }

  /** Looks at what a write of events is answered with. */
  observe(request: IncomingMessage, answer: IncomingMessage): void {
    const { statusCode = 0 } = answer;
    const namespace = askedOf(request)?.path.namespace;
    if (!WRITES.has(request.method ?? '') || namespace === undefined || statusCode < 200 || statusCode > 299) return;
    const { writes, newestVersion } = this.#options;
    onWrittenVersion(answer, (written) => {
      // The object that a delete is answered with is the one from before.
      const version = request.method === 'DELETE' ? undefined : written;
      writes.wrote(namespace, version);
      if (version !== undefined) return;
      newestVersion(namespace).then(
        (newest) => writes.known(namespace, newest),
        // Until it is forgotten, the API server is asked.
        () => {},
      );
    });
  }

  async #isCovered(api: AnsweringApi, { namespace }: EventsPath): Promise<boolean> {
    const [cluster, watched] = await Promise.all([this.#cluster(api), this.#options.watched()]);
    if (!cluster) return false;
    const scopes = [ALL_NAMESPACES, ...(namespace === undefined ? [] : [namespace])];
    return scopes.some((scope) => watched.has(scope) && cluster.positions.get(scope)?.epoch === cluster.epoch);
  }

  async #cluster({ feed }: AnsweringApi) {
    const clusters = await feed.clusters();
    return clusters.find(({ name }) => name === this.#options.cluster);
  }

  /** Whether it took a while; undefined when it takes too long. */
  async #isReached(
    api: AnsweringApi,
    { namespace, wanted }: Pick<EventsPath, 'namespace'> & { readonly wanted: number },
    response: ServerResponse,
  ): Promise<boolean | undefined> {
    const { writes } = this.#options;
    const written = writes.wanted(namespace);
    const now = performance.now();
    const isEnough = async (): Promise<boolean> => {
      const cluster = await this.#cluster(api);
      const served = cluster && servedVersion(cluster, namespace);
      if (served === undefined) return false;
      writes.reached(namespace, served);
      return served >= Math.max(wanted, writes.wanted(namespace)?.version ?? 0);
    };
    if (await isEnough()) return false;
    // Whoever comes later than that would wait for nothing.
    const waitMs = Math.ceil(MAX_WAIT_MS - (wanted > 0 || !written ? 0 : now - written.at));
    if (waitMs <= 0) return undefined;
    const signal = AbortSignal.any([AbortSignal.timeout(waitMs), goneSignal(response)]);
    const committed = new Change();
    const stop = api.feed.watch(() => committed.notify());
    try {
      while (!signal.aborted) {
        const { count } = committed;
        if (await isEnough()) return true;
        await committed.wait(count, signal);
      }
      return undefined;
    } finally {
      stop();
    }
  }
}

/** Undefined for what is not about events, by the very path that the API server would see. */
function askedOf({ url = '' }: IncomingMessage): { path: EventsPath; query: URLSearchParams } | undefined {
  const [path = ''] = url.split('?', 1);
  const events = parseEventsPath(path);
  if (!events || events.group === HISTORY || !URL.canParse(url, 'http://localhost')) return undefined;
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  return pathname === path ? { path: events, query: searchParams } : undefined;
}

/** 0 for none, and for what is none: that is not for here to say. */
function versionOf(query: URLSearchParams): number {
  const version = Number(query.get('resourceVersion') ?? 0);
  return Number.isSafeInteger(version) && version > 0 ? version : 0;
}

function passedBecause(error: unknown): PassedBecause {
  if (!(error instanceof StatusError)) return 'unanswerable';
  const { code } = error.status;
  if (code === 401 || code === 403 || code === 503) return 'refused';
  if (code === 404) return 'unknown';
  if (code === 429) return 'uncovered';
  return code === 504 ? 'behind' : 'unanswerable';
}
