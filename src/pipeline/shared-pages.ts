import type { AppendedPage, Cursor, Log, LogPage } from '../component/log.ts';
import type { Change } from '../util/change.ts';

/** Read at a time: what is worth a batch. */
export const PAGE_RECORDS = 100;

interface Asked {
  readonly after: Cursor;
  readonly limit: number;
  /** How often the log had grown. */
  readonly count: number;
  readonly page: Promise<LogPage>;
}

/**
 * The log for everybody who follows it in this process. At its end all of them ask for the same page: it is what was
 * appended last, or was read once and is kept until the log grows.
 */
export class SharedPages implements Pick<Log, 'read'> {
  readonly #log: Pick<Log, 'read'>;
  readonly #appended: Change<AppendedPage>;
  #last: Asked | undefined;

  /** `appended` is told when the log has grown, and by what. */
  constructor(log: Pick<Log, 'read'>, appended: Change<AppendedPage>) {
    this.#log = log;
    this.#appended = appended;
  }

  read(after: Cursor, { limit }: { readonly limit: number }): Promise<LogPage> {
    const { count, last: appended } = this.#appended;
    if (appended?.after === after && appended.records.length <= limit) return Promise.resolve(appended);
    const last = this.#last;
    if (last?.after === after && last.limit === limit && last.count === count) return last.page;
    const page = this.#log.read(after, { limit });
    const asked = { after, limit, count, page };
    this.#last = asked;
    // Whoever comes after a failure tries again.
    page.catch(() => {
      if (this.#last === asked) this.#last = undefined;
    });
    return page;
  }
}
