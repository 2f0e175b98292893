/** What the JSON API counts, of a store on this machine: asked without a server, by whoever may read its file. */
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { EVERYTHING_ALLOWED } from '../api/access.ts';
import { CommitPoll } from '../api/commit-poll.ts';
import { FairUse } from '../api/fair-use.ts';
import type { createClient } from '../api/json/client.ts';
import { getFacets } from '../api/json/facets.ts';
import { getHistogram } from '../api/json/histogram.ts';
import type { JsonApiContext, Operation } from '../api/json/operation.ts';
import { Problem } from '../api/json/problem.ts';
import { queryOf } from '../api/json/query-of.ts';
import { storedEventJson } from '../formats/stored-event.ts';
import { FileSavedQueries } from '../store/file-saved-queries.ts';
import { openSqliteReader } from '../store/sqlite/sqlite-reader.ts';
import { remoteProblem } from './remote-failure.ts';
import { STORE_FILE } from './store-file.ts';
import { VERSION } from './version.ts';

type Client = ReturnType<typeof createClient>;

export interface CountReader extends Pick<Client, 'histogram' | 'facets'> {
  close(): Promise<void>;
}

/** Throws AppError of a `STORE_…` code; its methods reject with an AppError. */
export function countsHere(dataDir: string, now: () => number): CountReader {
  const store = openSqliteReader({ path: join(dataDir, STORE_FILE) });
  const { signal } = new AbortController();
  const context: JsonApiContext = {
    history: store.history,
    ledger: store.ledger,
    savedQueries: new FileSavedQueries(join(dataDir, 'saved-queries.json')),
    access: { ...EVERYTHING_ALLOWED, events: async () => ({ caller: 'this machine' }) },
    admin: undefined,
    callers: 'operator',
    recordJson: storedEventJson,
    version: VERSION,
    now,
    fairUse: new FairUse(),
    commits: new CommitPoll(() => store.history.dataVersion(), signal),
    closing: signal,
  };
  return {
    histogram: (parameters) => ask(context, getHistogram, parameters) as ReturnType<Client['histogram']>,
    facets: (parameters) => ask(context, getFacets, parameters) as ReturnType<Client['facets']>,
    close: () => store.close(),
  };
}

async function ask(context: JsonApiContext, operation: Operation, parameters: object | undefined): Promise<object> {
  const { closing: signal } = context;
  const incoming = new IncomingMessage(new Socket());
  try {
    return await operation.run({ context, incoming, path: {}, query: queryOf(parameters), body: undefined, signal });
  } catch (error) {
    throw error instanceof Problem ? remoteProblem(error.details) : error;
  }
}
