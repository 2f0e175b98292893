/** The Kubernetes API over a store that a test fills, by a clock of the test's. */
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { EVERYTHING_ALLOWED } from '../../src/api/access.ts';
import { FairUse } from '../../src/api/fair-use.ts';
import { KubernetesApi, type KubernetesApiOptions } from '../../src/api/kubernetes/kubernetes-api.ts';
import { listen } from '../../src/api/listener.ts';
import type { Batch } from '../../src/component/log.ts';
import type { EventRecord } from '../../src/core/record.ts';
import { openSqliteEventVersions } from '../../src/store/sqlite/sqlite-event-versions.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { type RevisionSpec, revision, START } from '../contract/event-arbitrary.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export const HOUR = 3_600_000;
export const WINDOW = 24 * HOUR;

interface Served {
  readonly url: string;
  /** The store's file. */
  readonly path: string;
  /** The time by which the window is reckoned, and received. */
  readonly clock: { now: number };
  readonly api: KubernetesApi;
  readonly expire: (before: number) => Promise<unknown>;
  /** Commits revisions as one scope's observer would. */
  commit(specs: readonly Partial<RevisionSpec>[], batch?: Partial<Batch>): Promise<void>;
  get(path: string, headers?: Record<string, string>): Promise<{ status: number; body: Answer; headers: Headers }>;
}

interface Item {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
  readonly count?: number;
}

export interface Answer {
  readonly kind: string;
  readonly message?: string;
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly Item[];
}

export async function served(options: Partial<KubernetesApiOptions> = {}): Promise<Served> {
  const path = join(temporaryDirectory(), 'tidings.db');
  const store = openSqliteStore({ path });
  const versions = openSqliteEventVersions({ path });
  const clock = { now: START + HOUR };
  const api = new KubernetesApi({
    versions,
    windowMs: WINDOW,
    access: EVERYTHING_ALLOWED,
    fairUse: new FairUse(),
    version: '0.0.0',
    logger: { warn: () => {} },
    now: () => clock.now,
    ...options,
  });
  const endpoint = { serves: (p: string) => api.serves(p), answer: api.answer.bind(api), local: true };
  const listener = await listen([endpoint], { host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    await api.close();
    await listener.close();
    await versions.close();
    await store.close();
  });
  return {
    url: listener.url,
    path,
    clock,
    api,
    expire: (before) => store.expire({ before, limit: 1_000 }),
    async commit(specs, batch = {}) {
      const { cluster = 'prod', epoch = 1, scope = '*' } = batch;
      const records: EventRecord[] = specs.map((spec) => {
        const { resourceVersion = 1 } = spec;
        const whole = { event: resourceVersion, object: 1, second: (clock.now - START) / 1000, count: 1, ...spec };
        return revision({ ...whole, resourceVersion }, { cluster, epoch, scope, receivedAt: clock.now });
      });
      const position = String(Math.max(...specs.map(({ resourceVersion = 1 }) => resourceVersion)));
      // What comes from a topic says nothing of either.
      const observer = batch.offset ? {} : { position, observed: { from: clock.now, to: clock.now } };
      await store.append([{ cluster, epoch, scope, records, ...observer, ...batch }]);
    },
    async get(target, headers = {}) {
      const response = await fetch(listener.url + target, { headers });
      const text = await response.text();
      const body = (text.startsWith('{') ? JSON.parse(text) : { message: text }) as Answer;
      return { status: response.status, body, headers: response.headers };
    },
  };
}

export const EVENTS = '/api/v1/events';

export function versionsOf({ items }: Answer): string[] {
  return items.map(({ metadata }) => metadata.resourceVersion);
}

/** An open watch and what it has brought. */
export async function watch({ url }: Served, query: string, path = EVENTS, headers: Record<string, string> = {}) {
  const frames: string[] = [];
  const controller = new AbortController();
  const response = await fetch(`${url}${path}?watch=1&${query}`, { headers, signal: controller.signal });
  let ended = false;
  let wasCut = false;
  const reading = (async () => {
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk as Uint8Array).toString();
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        const { type, object } = JSON.parse(line) as { type: string; object: Item & { code?: number } };
        frames.push(`${type} ${object.code ?? object.metadata.resourceVersion}`);
      }
    }
    ended = true;
  })().catch(() => {
    wasCut = true;
  });
  onTestFinished(async () => {
    controller.abort();
    await reading;
  });
  return {
    hasEnded: () => ended,
    /** Ended without the end of an answer. */
    wasCut: () => wasCut,
    /** All frames so far, once there are as many. */
    brought: async (count: number): Promise<readonly string[]> => {
      const enough = () => (frames.length >= count ? frames : Promise.reject(new Error(`brought ${frames.length}`)));
      return vi.waitFor(enough, 5_000).catch(() => frames);
    },
  };
}
