/** Names of involved objects, for completion: with the occurrences of what a query selects about each. */
import { setImmediate } from 'node:timers/promises';
import type { Database, Statement } from 'better-sqlite3';
import type { CountQuery, NameCount, NameCounts, NameQuery } from '../../component/history.ts';
import type { GroupReader, SelectedGroups } from './group-reader.ts';
import type { ObjectReader, StoredObject } from './object-reader.ts';
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

  async names(query: CountQuery, { prefix, owned, kind, limit, signal }: NameQuery): Promise<NameCounts> {
    const { groups, objects } = this.#options;
    groups.refresh();
    const selected = groups.select(query);
    const names: NameCount[] = [];
    let lookedAt = 0;
    for (const rows of objects.beginning(prefix, owned)) {
      const wanted = rows.filter((row) => isWanted(row, query, kind));
      const taken = wanted.slice(0, limit - lookedAt);
      for (let start = 0; start < taken.length; start += OBJECTS_AT_ONCE) {
        if (signal?.aborted) return { names, lookedAt };
        const some = taken.slice(start, start + OBJECTS_AT_ONCE);
        names.push(...this.#db.transaction(() => this.#counts(some, query, selected))());
        lookedAt += some.length;
        await setImmediate();
      }
      if (signal?.aborted || taken.length < wanted.length) return { names, lookedAt };
      await setImmediate();
    }
    return { names };
  }

  #counts(rows: readonly StoredObject[], query: CountQuery, { ids, undecided }: SelectedGroups): NameCount[] {
    const { since = Number.MIN_SAFE_INTEGER, until = Number.MAX_SAFE_INTEGER } = query;
    const counts: NameCount[] = [];
    this.#options.rows.refresh();
    for (const { id, kind, namespace, name, owners } of rows) {
      const asked: Asked = [id, since, until];
      let sum = 0;
      let isAny = false;
      for (const { event_group: group, occurrences } of undecided?.size
        ? this.#matching(asked, undecided, query)
        : this.#sums.iterate(...asked)) {
        if (ids?.has(group) === false) continue;
        sum += occurrences;
        isAny = true;
      }
      if (isAny) counts.push({ kind, namespace, name, owners, occurrences: sum });
    }
    return counts;
  }

  *#matching(asked: Asked, undecided: ReadonlySet<number>, { filter }: CountQuery): Generator<EventRow> {
    for (const row of this.#events.all(...asked)) {
      if (!undecided.has(row.event_group) || filter?.matches(this.#options.rows.storedEvent(row))) yield row;
    }
  }
}

/**
 * Events about an object lie in its namespace; about one that has none, anywhere:
 * https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/apis/core/validation/events.go
 */
function isWanted(row: StoredObject, { clusters, namespaces }: CountQuery, kind: string | undefined): boolean {
  return (
    (clusters?.includes(row.cluster) ?? true) &&
    (row.namespace === '' || (namespaces?.includes(row.namespace) ?? true)) &&
    (kind === undefined || row.kind === kind)
  );
}
