import type { Command } from 'commander';
import { openHistory } from '../app/open-history.ts';
import type { History } from '../component/history.ts';
import type { Log } from '../component/log.ts';
import { resolveDataDir } from '../config/data-dir.ts';
import type { ScopeCoverage } from '../core/coverage.ts';
import { AppError } from '../core/errors.ts';
import { nearestName } from '../util/nearest-name.ts';
import type { CliIo } from './_io.ts';

/** The reading half of the store. Another process may write it meanwhile. */
export type StoreReader = Pick<History, 'events' | 'coverage' | 'close'> &
  Pick<Log, 'read' | 'end'> & {
    /** Changes with every commit. Throws STORE_FAILED when the file is no longer where it was. */
    dataVersion(): number;
  };

/** The flag of every command that reads the store. */
export interface DataFlag {
  readonly data?: string;
}

export function addDataFlag(command: Command): Command {
  return command.option('--data <dir>', 'the directory of the store (TIDINGS_DATA)');
}

/** Opens the store that flag and environment name for reading, and closes it in the end. */
export async function withHistory<T>(
  io: CliIo,
  flags: DataFlag,
  use: (history: StoreReader) => Promise<T>,
): Promise<T> {
  const history = openHistory(flags.data ?? resolveDataDir(io.env));
  try {
    return await use(history);
  } finally {
    await history.close();
  }
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
