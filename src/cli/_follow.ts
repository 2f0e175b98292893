import type { Followed } from '../app/remote-history.ts';
import { asStored } from '../component/event-query.ts';
import type { Cursor, Log } from '../component/log.ts';
import { sleep } from '../util/sleep.ts';

const POLL_MS = 100;
const PAGE_RECORDS = 1000;

/**
 * What is committed after the cursor, page by page as it comes, until the signal is aborted. A page may be empty. The
 * second value is true once everything committed by then was read.
 */
export async function* follow(
  history: Pick<Log, 'read'> & { dataVersion(): number },
  from: Cursor,
  signal: AbortSignal,
): AsyncGenerator<Followed> {
  let cursor = from;
  while (!signal.aborted) {
    const version = history.dataVersion();
    const page = await history.read(cursor, { limit: PAGE_RECORDS });
    cursor = page.cursor;
    const caughtUp = page.records.length < PAGE_RECORDS;
    yield { events: page.records.map((record, index) => asStored(record, page.occurrences[index] ?? 0)), caughtUp };
    while (caughtUp && !signal.aborted && history.dataVersion() === version) await sleep(POLL_MS, signal);
  }
}
