/** The revisions about one object, in the order of their index, some at a time however many there are. */
import type { Database, Statement } from 'better-sqlite3';
import type { StoredUid } from './uuid.ts';

/** The first bytes of a UID; what is less than any: a number. */
type UidStart = StoredUid | number;

interface IndexPlace {
  readonly seq: number;
  readonly start: UidStart;
  readonly epoch: number;
  readonly version: number;
}

interface Range {
  readonly since: number;
  readonly until: number;
  /** The newest revision when the query began. */
  readonly snapshot: number;
}

const FIRST: IndexPlace = { seq: -1, start: 0, epoch: -1, version: -1 };
const ROWS_AT_ONCE = 2_000;

export class ObjectRevisions<TRow> {
  readonly #places: Statement<
    [object: number, from: UidStart, start: UidStart, epoch: number, version: number, seq: number, limit: number],
    IndexPlace
  >;
  readonly #rows: Statement<[seqs: string, since: number, until: number, snapshot: number], TRow>;

  /** `select` reads rows of the event table `e`. */
  constructor(db: Database, select: string) {
    // As the index has it, so that the table is not read for it; SQLite finds the first bytes alone. The pluses: see event-revisions.ts.
    const place = 'substr(uid, 1, 2), epoch, resource_version, seq';
    this.#places = db.prepare(
      `select seq, substr(uid, 1, 2) as start, epoch, resource_version as version from event
       where object = +? and substr(uid, 1, 2) >= ? and (${place}) > (?, ?, ?, ?) order by ${place} limit +?`,
    );
    this.#rows = db.prepare(
      `${select} where e.seq in (select value from json_each(?)) and +e.time between ? and ? and +e.seq <= ?`,
    );
  }

  /** Those of the range; a part may be empty. */
  *parts(object: number, { since, until, snapshot }: Range): Generator<readonly TRow[]> {
    let last: IndexPlace | undefined = FIRST;
    do {
      const { start, epoch, version, seq }: IndexPlace = last;
      const places: IndexPlace[] = this.#places.all(object, start, start, epoch, version, seq, ROWS_AT_ONCE);
      yield this.#rows.all(JSON.stringify(places.map((place) => place.seq)), since, until, snapshot);
      last = places.length < ROWS_AT_ONCE ? undefined : places.at(-1);
    } while (last);
  }
}
