/** The JSON API over a store that a test fills, by a clock of the test's. Every answer is held against its schema. */
import { join } from 'node:path';
import * as v from 'valibot';
import { expect, onTestFinished } from 'vitest';
import { EVERYTHING_ALLOWED } from '../../src/api/access.ts';
import { FairUse } from '../../src/api/fair-use.ts';
import { API_ROOT } from '../../src/api/json/api-root.ts';
import { JsonApi, type JsonApiOptions } from '../../src/api/json/json-api.ts';
import { OPERATIONS } from '../../src/api/json/json-app.ts';
import { problemSchema } from '../../src/api/json/problem.ts';
import { listen } from '../../src/api/listener.ts';
import type { Batch } from '../../src/component/log.ts';
import { storedEventJson } from '../../src/formats/stored-event.ts';
import { FileSavedQueries } from '../../src/store/file-saved-queries.ts';
import { openSqliteReader } from '../../src/store/sqlite/sqlite-reader.ts';
import { openSqliteStore, type SqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { type RevisionSpec, revision, START } from '../contract/event-arbitrary.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export const HOUR = 3_600_000;

interface ServedJson {
  readonly url: string;
  readonly directory: string;
  readonly clock: { now: number };
  readonly store: SqliteStore;
  readonly logged: string[];
  /** Commits revisions as one scope's observer would, who has watched since START. */
  commit(specs: readonly Partial<RevisionSpec>[], batch?: Partial<Batch>): Promise<void>;
  ask(target: string, init?: RequestInit): Promise<JsonAnswer>;
  /** Ends the streams. */
  end(): void;
}

interface JsonAnswer {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- checked against the schema of the answer
  readonly body: any;
}

export async function servedJson(options: Partial<JsonApiOptions> = {}): Promise<ServedJson> {
  const directory = temporaryDirectory();
  const path = join(directory, 'tidings.db');
  const store = openSqliteStore({ path });
  const clock = { now: START + HOUR };
  const logged: string[] = [];
  const api = new JsonApi({
    open: () => ({
      ...openSqliteReader({ path }),
      savedQueries: new FileSavedQueries(join(directory, 'saved-queries.json')),
    }),
    access: EVERYTHING_ALLOWED,
    fairUse: new FairUse(),
    callers: 'anybody',
    recordJson: storedEventJson,
    version: '0.0.0',
    logger: { warn: (fields: unknown) => void logged.push(JSON.stringify(fields)) },
    now: () => clock.now,
    ...options,
  });
  const endpoint = { serves: (p: string) => api.serves(p), answer: api.answer.bind(api), local: true };
  const listener = await listen([endpoint], { host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    api.end();
    await listener.close();
    await api.close();
    await store.close();
  });
  return {
    url: listener.url,
    directory,
    clock,
    store,
    logged,
    async commit(specs, batch = {}) {
      const { cluster = 'prod', epoch = 1, scope = '*' } = batch;
      const records = specs.map((spec) => {
        const { resourceVersion = 1 } = spec;
        const whole = { event: resourceVersion, object: 1, second: (clock.now - START) / 1000, count: 1, ...spec };
        return revision({ ...whole, resourceVersion }, { cluster, epoch, scope, receivedAt: clock.now });
      });
      const position = String(Math.max(1, ...specs.map(({ resourceVersion = 1 }) => resourceVersion)));
      const observed = { from: START, to: clock.now };
      await store.append([{ cluster, epoch, scope, records, position, observed, ...batch }]);
    },
    end: () => api.end(),
    ask: (target, init) => ask(listener.url + API_ROOT + target, init),
  };
}

async function ask(url: string, init: RequestInit = {}): Promise<JsonAnswer> {
  const response = await fetch(url, init);
  const text = await response.text();
  const { status, headers } = response;
  if (status === 304) return { status, headers, body: undefined };
  const lines = text.trimEnd().split('\n');
  if (headers.get('content-type') === 'application/x-ndjson') {
    const schema = schemaOf(init.method ?? 'GET', new URL(url).pathname);
    return { status, headers, body: lines.map((line): unknown => v.parse(schema, JSON.parse(line))) };
  }
  const body: unknown = JSON.parse(text);
  const isProblem = headers.get('content-type') === 'application/problem+json';
  expect(isProblem).toBe(status >= 400);
  v.parse(isProblem ? problemSchema : schemaOf(init.method ?? 'GET', new URL(url).pathname), body);
  return { status, headers, body };
}

function schemaOf(method: string, path: string): v.GenericSchema {
  const operation = OPERATIONS.find(
    (one) => one.method === method && new RegExp(`^${API_ROOT}${one.path.replaceAll(/:\w+/g, '[^/]+')}$`).test(path),
  );
  if (!operation) throw new Error(`no operation answers ${method} ${path}`);
  return operation.answer;
}

export function idsOf(rows: readonly { readonly id: string }[]): string[] {
  return rows.map(({ id }) => id.split('/')[1] ?? '');
}
