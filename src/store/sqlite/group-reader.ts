/** Groups, read as they are needed: filters select them, rows and rollups refer to them. */
import type { Database, Statement } from 'better-sqlite3';
import type { EventFilter, EventGroup, EventQuery } from '../../component/history.ts';
import { READ_CACHE_BYTES } from './cache-bytes.ts';
import { DictionaryReader } from './dictionary-reader.ts';
import { GROUP_FIELDS, type GroupField, without } from './word-tables.ts';

interface GroupRow {
  readonly cluster: number;
  readonly namespace: string;
  readonly type: string;
  readonly reason: string;
  readonly kind: string;
}

/** What a query selects. */
export interface SelectedGroups {
  /** Of which events may match; undefined: of all. */
  readonly ids: ReadonlySet<number> | undefined;
  /** Of which the filter has yet to be asked, event by event; undefined: of none. */
  readonly undecided: ReadonlySet<number> | undefined;
  /** By field, which values those have of which events may match, and which only others have. */
  readonly fields: ReadonlyMap<GroupField, SelectedValues> | undefined;
}

export interface SelectedValues {
  readonly selected: ReadonlySet<string>;
  /** Undefined: all others that there may be. */
  readonly excluded: ReadonlySet<string> | undefined;
}

/** What of a query groups decide. */
type GroupQuery = Pick<EventQuery, 'clusters' | 'namespaces' | 'types' | 'reasons'> & {
  readonly filter?: Pick<EventFilter, 'ofGroup'>;
};

/** In memory, with four short strings of its own. */
const GROUP_BYTES = 400;

export class GroupReader {
  readonly #db: Database;
  readonly #groups: DictionaryReader<GroupRow, EventGroup>;
  readonly #clusters = new Map<number, string>();
  readonly #selectClusters: Statement<[], { id: number; name: string }>;

  constructor(db: Database) {
    this.#db = db;
    this.#groups = new DictionaryReader<GroupRow, EventGroup>(db, {
      table: 'event_group',
      columns: 'cluster, namespace, type, reason, kind',
      parse: (row) => ({ ...row, cluster: this.#clusters.get(row.cluster) ?? '' }),
      cacheBytes: READ_CACHE_BYTES.groups,
      sizeOf: () => GROUP_BYTES,
    });
    this.#selectClusters = db.prepare('select id, name from cluster');
  }

  /** Reads the clusters' names, which may change. */
  refresh(): void {
    for (const { id, name } of this.#selectClusters.all()) {
      if (this.#clusters.get(id) === name) continue;
      this.#clusters.set(id, name);
      this.#groups.forget();
    }
  }

  get(id: number): EventGroup {
    return this.#groups.value(id);
  }

  /** Those of a page of rows, together. */
  prefetch(rows: readonly { readonly event_group: number }[]): void {
    this.#groups.prefetch(rows.map(({ event_group }) => event_group));
  }

  select({ clusters, namespaces, types, reasons, filter }: GroupQuery): SelectedGroups {
    const lists = Object.entries({ 'cluster.name': clusters, namespace: namespaces, type: types, reason: reasons });
    const wanted = lists.filter(([, values]) => values !== undefined);
    if (wanted.length === 0 && !filter) return { ids: undefined, undecided: undefined, fields: undefined };
    const conditions = wanted.map(([column]) => `${column} in (select value from json_each(?))`);
    const rows = this.#db
      .prepare<unknown[], EventGroup & { readonly id: number }>(
        `select event_group.id, cluster.name as cluster, namespace, type, reason, kind
         from event_group join cluster on cluster.id = event_group.cluster
         where ${['true', ...conditions].join(' and ')}`,
      )
      .iterate(...wanted.map(([, values]) => JSON.stringify(values)));
    const { ids, undecided, values } = decide(rows, filter);
    const listed = new Map<GroupField, readonly string[] | undefined>([
      ['namespace', namespaces],
      ['type', types],
      ['reason', reasons],
    ]);
    const fields = GROUP_FIELDS.map((field): [GroupField, SelectedValues] => {
      const { selected, excluded } = values[field];
      return [field, { selected, excluded: listed.get(field) ? undefined : without(excluded, selected) }];
    });
    return { ids, undecided: filter && undecided, fields: new Map(fields) };
  }
}

interface Decided {
  readonly ids: ReadonlySet<number>;
  readonly undecided: ReadonlySet<number>;
  readonly values: Readonly<Record<GroupField, { readonly selected: Set<string>; readonly excluded: Set<string> }>>;
}

function decide(
  rows: Iterable<EventGroup & { readonly id: number }>,
  filter: Pick<EventFilter, 'ofGroup'> | undefined,
): Decided {
  const ids = new Set<number>();
  const undecided = new Set<number>();
  const newValues = () => ({ selected: new Set<string>(), excluded: new Set<string>() });
  const values = { namespace: newValues(), type: newValues(), reason: newValues(), kind: newValues() };
  for (const row of rows) {
    const holds = filter ? filter.ofGroup(row) : true;
    for (const field of GROUP_FIELDS) values[field][holds === false ? 'excluded' : 'selected'].add(row[field]);
    if (holds === false) continue;
    ids.add(row.id);
    if (holds === undefined) undecided.add(row.id);
  }
  return { ids, undecided, values };
}
