/** A proxy in front of a scripted API server, over a store that a test fills. */
import { expect, onTestFinished, vi } from 'vitest';
import type { KubernetesApiOptions } from '../../src/api/kubernetes/kubernetes-api.ts';
import { type CallerReviews, callerAccess } from '../../src/api/proxy/caller-access.ts';
import { EventReads, type EventReadsOptions } from '../../src/api/proxy/event-reads.ts';
import { RecentWrites } from '../../src/api/proxy/recent-writes.ts';
import type { HttpScript, ScriptedHttpServer } from './http-server.ts';
import { httpServer } from './http-server.ts';
import { type Proxied, proxyOf } from './proxied-server.ts';
import { served } from './served-events.ts';

type Attributes = Parameters<CallerReviews['mayCallerAccess']>[1];

export interface ProxiedEvents extends Omit<Proxied, 'close'> {
  /** Answers `from the API server` unless it is told otherwise. */
  readonly server: ScriptedHttpServer;
  readonly commit: Awaited<ReturnType<typeof served>>['commit'];
  /** Resolves when a read waits for what is not committed yet. */
  waits(): Promise<void>;
  /** What was said about reads that pass through. */
  readonly problems: readonly string[];
  /** What has reached the API server itself, as `GET /path`. */
  passed(): string[];
  /** The status and body of an answer. */
  ask(path: string, init?: RequestInit): Promise<[status: number, body: string]>;
}

export interface Script {
  /** Who may: by the token of the caller, or nobody at all when it cannot be asked. */
  readonly may?: (token: string, attributes: Attributes) => boolean | undefined;
  readonly validMs?: number;
  readonly createdAt?: (namespace: string) => number | undefined;
  readonly watched?: EventReadsOptions['watched'];
  readonly newestVersion?: EventReadsOptions['newestVersion'];
  readonly answer?: HttpScript;
  readonly fairUse?: KubernetesApiOptions['fairUse'];
}

export const THEIRS = 'from the API server';

export async function proxiedEvents(script: Script = {}): Promise<ProxiedEvents> {
  const { may = () => true, validMs = 10_000 } = script;
  const server = await httpServer(script.answer ?? ((_, response) => void response.end(THEIRS)));
  const reviews: CallerReviews = {
    async mayCallerAccess(headers, attributes) {
      const [token = ''] = headers['authorization'] ?? [];
      const allowed = may(token.replace('Bearer ', ''), attributes);
      return allowed === undefined ? undefined : { allowed, validMs };
    },
    namespaceCreatedAt: async (namespace) => script.createdAt?.(namespace),
  };
  const store = await served({ access: callerAccess(reviews), ...(script.fairUse && { fairUse: script.fairUse }) });
  const { api } = store;
  const looks = vi.spyOn(api.feed.versions, 'dataVersion');
  const problems: string[] = [];
  const reads = new EventReads({
    cluster: 'prod',
    api: () => api,
    watched: script.watched ?? (async () => new Set(['*'])),
    writes: new RecentWrites(),
    newestVersion: script.newestVersion ?? (() => Promise.reject(new Error('not asked for'))),
    logger: { warn: (fields: object) => void problems.push((fields as { problem: string }).problem) } as never,
  });
  const { close, ...proxy } = await proxyOf(server.origin, {}, { reads });
  onTestFinished(close);
  return {
    ...proxy,
    server,
    problems,
    commit: (...batch) => store.commit(...batch),
    async waits() {
      looks.mockClear();
      // Whoever waits looks again and again.
      await vi.waitFor(() => expect(looks.mock.calls.length).toBeGreaterThan(3), 5_000);
    },
    passed: () => server.requests.map(({ method, target }) => `${method} ${target}`),
    async ask(target, init) {
      const response = await fetch(proxy.url + target, init);
      return [response.status, await response.text()];
    },
  };
}
