import { openHistory } from '../app/open-history.ts';
import type { Followed, WrittenQuery } from '../app/remote-history.ts';
import type { EventQuery, History } from '../component/history.ts';
import type { Cursor } from '../component/log.ts';
import type { Interval, ScopeCoverage } from '../core/coverage.ts';
import { AppError } from '../core/errors.ts';
import { nearestName } from '../util/nearest-name.ts';
import { follow } from './_follow.ts';
import type { CliIo } from './_io.ts';
import { placeOf, type StoreFlags } from './_store-flags.ts';
import { harmlessLines } from './_text.ts';

/** What is stored, to be read. Another process may write it meanwhile. */
export interface StoreReader extends Pick<History, 'close'> {
  events(query: WrittenQuery, options: Parameters<History['events']>[1]): ReturnType<History['events']>;
  /** Of all clusters, with all that matters to the namespaces. */
  coverage(range: Interval, of: Pick<EventQuery, 'clusters' | 'namespaces'>): Promise<readonly ScopeCoverage[]>;
  /** After everything that is committed. */
  end(query: WrittenQuery): Promise<Cursor>;
  /**
   * What is committed after the cursor, as it comes, until the signal is aborted; not all of it need match the query.
   * Rejects with STORE_FAILED when the file is no longer where it was.
   */
  follow(from: Cursor, query: WrittenQuery, signal: AbortSignal): AsyncIterable<Followed>;
}

/** Opens what flags and environment name, a data directory or a Tidings elsewhere, and closes it in the end. */
export async function withHistory<T>(
  io: CliIo,
  flags: StoreFlags,
  use: (history: StoreReader) => Promise<T>,
): Promise<T> {
  const history = await openReader(io, flags);
  try {
    return await use(history);
  } finally {
    await history.close();
  }
}

async function openReader(io: CliIo, flags: StoreFlags): Promise<StoreReader> {
  const place = placeOf(flags, io.env);
  if ('dataDir' in place) return storeReader(place.dataDir);
  const [{ connectTidings }, { RemoteHistory }] = await Promise.all([
    import('../app/connect-tidings.ts'),
    import('../app/remote-history.ts'),
  ]);
  return new RemoteHistory(await connectTidings(place.address), (remark) =>
    io.stderr.write(`# ${harmlessLines(remark)}\n`),
  );
}

/** Throws AppError of a `STORE_…` code. */
function storeReader(dataDir: string): StoreReader {
  const history = openHistory(dataDir);
  return {
    events: (query, options) => history.events(query, options),
    coverage: (range) => history.coverage(range),
    end: () => history.end(),
    follow: (from, _query, signal) => follow(history, from, signal),
    close: () => history.close(),
  };
}

/** A cluster that is not stored is a slip of the pen, not an empty answer. Throws AppError `USAGE`. */
export function checkClusters(wanted: readonly string[] | undefined, ledger: readonly ScopeCoverage[]): void {
  const stored = [...new Set(ledger.map(({ cluster }) => cluster))];
  for (const cluster of wanted ?? []) {
    if (stored.includes(cluster)) continue;
    const nearest = nearestName(cluster, stored);
    const wanted = stored.length > 0 ? `one of ${stored.join(', ')}` : 'one that is stored; none is';
    throw new AppError('USAGE', `select cluster: found "${cluster}", want ${wanted}`, {
      ...(nearest && { hint: `Did you mean ${nearest}?` }),
    });
  }
}
