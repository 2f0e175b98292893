/**
 * What a sink has read from the log and is not done with. The log learns only of places before which everything is done,
 * and it knows places only between pages.
 */
import type { Cursor } from '../component/log.ts';

interface Page {
  /** After its last record. */
  readonly cursor: Cursor;
  /** When its oldest record was received, in milliseconds. */
  readonly since: number;
  pending: number;
}

export class Unacknowledged {
  readonly #pages: Page[] = [];
  #records = 0;
  #bytes = 0;
  #done: Cursor | undefined;

  get records(): number {
    return this.#records;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** When the oldest record was received that is not done; undefined when all are. */
  get since(): number | undefined {
    return this.#pages[0]?.since;
  }

  /** Takes note of a page. The answer is to be called once for each of the items that are sent for it. */
  add(page: {
    readonly cursor: Cursor;
    readonly since: number;
    readonly sizes: readonly number[];
  }): (bytes: number) => void {
    const { cursor, since, sizes } = page;
    const entry: Page = { cursor, since, pending: sizes.length };
    this.#pages.push(entry);
    this.#records += sizes.length;
    for (const bytes of sizes) this.#bytes += bytes;
    this.#settle();
    return (bytes) => {
      entry.pending--;
      this.#records--;
      this.#bytes -= bytes;
      this.#settle();
    };
  }

  /** The farthest place before which everything is done, once; undefined while it is where it was. */
  takeDone(): Cursor | undefined {
    const done = this.#done;
    this.#done = undefined;
    return done;
  }

  #settle(): void {
    while (this.#pages[0]?.pending === 0) this.#done = this.#pages.shift()?.cursor;
  }
}
