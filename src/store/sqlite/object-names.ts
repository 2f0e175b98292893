/** Names of involved objects, for completion: with the occurrences of what a query selects about each. */
import { setImmediate } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import type { CountQuery, EventFilter, NameCount, NameCounts, NameQuery } from '../../component/history.ts';
import type { GroupReader, SelectedGroups } from './group-reader.ts';
import type { ObjectReader, StoredObject } from './object-reader.ts';
import { ObjectRevisions } from './object-revisions.ts';
import { EVENT_COLUMNS, type EventRow, type RowReader } from './row-reader.ts';

export interface ObjectNamesOptions {
  readonly groups: GroupReader;
  readonly rows: RowReader;
  readonly objects: ObjectReader;
}

type SumRow = Pick<EventRow, 'event_group' | 'occurrences'>;

export class ObjectNames {
  readonly #db: Database;
  readonly #options: ObjectNamesOptions;
  readonly #sums: ObjectRevisions<SumRow>;
  readonly #events: ObjectRevisions<EventRow>;

  constructor(db: Database, options: ObjectNamesOptions) {
    this.#db = db;
    this.#options = options;
    this.#sums = new ObjectRevisions(db, 'select event_group, occurrences from event e');
    this.#events = new ObjectRevisions(db, `select ${EVENT_COLUMNS} from event e`);
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
      for (const { id, kind, namespace, name, owners } of taken) {
        if (signal?.aborted) return { names, lookedAt };
        const occurrences = await this.#count(id, query, selected, signal);
        if (occurrences !== undefined) names.push({ kind, namespace, name, owners, occurrences });
        lookedAt++;
      }
      if (signal?.aborted || taken.length < wanted.length) return { names, lookedAt };
      await setImmediate();
    }
    return { names };
  }

  /** Part by part, of those before it was stopped; undefined when there is nothing. */
  async #count(
    object: number,
    { since = Number.MIN_SAFE_INTEGER, until = Number.MAX_SAFE_INTEGER, filter }: CountQuery,
    { ids, undecided }: SelectedGroups,
    signal: AbortSignal | undefined,
  ): Promise<number | undefined> {
    const range = { since, until, snapshot: Number.MAX_SAFE_INTEGER };
    const parts = undecided?.size
      ? this.#matching(object, range, { undecided, filter })
      : this.#sums.parts(object, range);
    let sum: number | undefined;
    for (const rows of parts) {
      for (const { event_group: group, occurrences } of rows) {
        if (ids?.has(group) !== false) sum = (sum ?? 0) + occurrences;
      }
      await setImmediate();
      if (signal?.aborted) return sum;
    }
    return sum;
  }

  *#matching(
    object: number,
    range: Parameters<ObjectRevisions<EventRow>['parts']>[1],
    { undecided, filter }: { readonly undecided: ReadonlySet<number>; readonly filter: EventFilter | undefined },
  ): Generator<readonly EventRow[]> {
    for (const rows of this.#events.parts(object, range)) {
      yield this.#db.transaction(() => {
        this.#options.rows.refresh();
        return rows.filter(
          (row) => !undecided.has(row.event_group) || filter?.matches(this.#options.rows.storedEvent(row)),
        );
      })();
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
