/** Names of involved objects, for completion: with the occurrences of what a query selects about each. */
import { setImmediate } from 'node:timers/promises';
import type { Database, Statement } from 'better-sqlite3';
import type { CountQuery, NameCount, NameQuery } from '../../component/history.ts';
import type { GroupReader } from './group-reader.ts';
import type { ObjectReader } from './object-reader.ts';
import { EVENT_COLUMNS, type EventRow, type RowReader } from './row-reader.ts';

const OBJECTS_AT_ONCE = 100;

export interface ObjectNamesOptions {
  readonly groups: GroupReader;
  readonly rows: RowReader;
  readonly objects: ObjectReader;
}

type Asked = [object: number, since: number, until: number];

export class ObjectNames {
  readonly #db: Database;
  readonly #options: ObjectNamesOptions;
  readonly #sums: Statement<Asked, { event_group: number; occurrences: number }>;
  readonly #events: Statement<Asked, EventRow>;

  constructor(db: Database, options: ObjectNamesOptions) {
    this.#db = db;
    this.#options = options;
    const where = 'where object = +? and e.time between ? and ?';
    this.#sums = db.prepare(`select event_group, occurrences from event e ${where}`);
    this.#events = db.prepare(`select ${EVENT_COLUMNS} from event e ${where}`);
  }

  async names(query: CountQuery, { prefix, kind, limit, signal }: NameQuery): Promise<readonly NameCount[]> {
    const { groups, objects } = this.#options;
    groups.refresh();
    const { ids, undecided } = groups.select(query);
    const rows = objects
      .beginning(prefix, limit)
      .filter((row) => (query.clusters?.includes(row.cluster) ?? true) && (kind === undefined || row.kind === kind));
    const { since = Number.MIN_SAFE_INTEGER, until = Number.MAX_SAFE_INTEGER } = query;
    const counts: NameCount[] = [];
    for (let start = 0; start < rows.length && !signal?.aborted; start += OBJECTS_AT_ONCE) {
      this.#db.transaction(() => {
        groups.refresh();
        for (const row of rows.slice(start, start + OBJECTS_AT_ONCE)) {
          const asked: Asked = [row.id, since, until];
          let sum = 0;
          let isAny = false;
          for (const { event_group: group, occurrences } of undecided?.size
            ? this.#matching(asked, undecided, query)
            : this.#sums.iterate(...asked)) {
            if (ids?.has(group) === false) continue;
            sum += occurrences;
            isAny = true;
          }
          if (isAny) counts.push({ kind: row.kind, namespace: row.namespace, name: row.name, occurrences: sum });
        }
      })();
      await setImmediate();
    }
    return counts;
  }

  *#matching(asked: Asked, undecided: ReadonlySet<number>, { filter }: CountQuery): Generator<EventRow> {
    for (const row of this.#events.all(...asked)) {
      if (!undecided.has(row.event_group) || filter?.matches(this.#options.rows.storedEvent(row))) yield row;
    }
  }
}
