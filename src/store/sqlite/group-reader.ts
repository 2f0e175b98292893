/** Groups, read as they are needed: filters select them, rows and rollups refer to them. */
import type { Database, Statement } from 'better-sqlite3';
import type { EventFilter, EventGroup, EventQuery } from '../../component/history.ts';
import { bytesOfEntry, READ_CACHE_BYTES } from './cache-bytes.ts';
import { DictionaryReader } from './dictionary-reader.ts';
import { TwoGenerationMap } from './two-generation-map.ts';
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
  readonly excluded: ReadonlySet<string>;
}

/** What of a query groups decide. */
type GroupQuery = Pick<EventQuery, 'clusters' | 'namespaces' | 'types' | 'reasons'> & {
  readonly filter?: Pick<EventFilter, 'ofGroup'>;
};

/** In memory, with strings that it shares with others. */
const GROUP_BYTES = 150;

export class GroupReader {
  readonly #groups: DictionaryReader<GroupRow, EventGroup>;
  readonly #clusters = new Map<number, string>();
  /** All of them, once somebody has selected some: 150 bytes each, and there are some tens of a namespace. */
  readonly #all = new Map<number, EventGroup>();
  readonly #strings = new TwoGenerationMap<string, string>(READ_CACHE_BYTES.groupStrings, bytesOfEntry);
  #newest = 0;
  readonly #selectNew: Statement<[number], GroupRow & { readonly id: number }>;
  readonly #selectClusters: Statement<[], { id: number; name: string }>;

  constructor(db: Database) {
    this.#groups = new DictionaryReader<GroupRow, EventGroup>(db, {
      table: 'event_group',
      columns: 'cluster, namespace, type, reason, kind',
      parse: (row) => this.#group(row),
      cacheBytes: READ_CACHE_BYTES.groups,
      sizeOf: () => GROUP_BYTES,
    });
    this.#selectNew = db.prepare(
      'select id, cluster, namespace, type, reason, kind from event_group where id > ? order by id',
    );
    this.#selectClusters = db.prepare('select id, name from cluster');
  }

  /** Reads the clusters' names, which may change. */
  refresh(): void {
    for (const { id, name } of this.#selectClusters.all()) {
      if (this.#clusters.get(id) === name) continue;
      this.#clusters.set(id, name);
      this.#groups.forget();
      this.#all.clear();
      this.#newest = 0;
    }
  }

  get(id: number): EventGroup {
    return this.#all.get(id) ?? this.#groups.value(id);
  }

  /** Those of a page of rows, together. */
  prefetch(rows: readonly { readonly event_group: number }[]): void {
    this.#groups.prefetch(rows.map(({ event_group }) => event_group));
  }

  select({ clusters, namespaces, types, reasons, filter }: GroupQuery): SelectedGroups {
    if (!clusters && !namespaces && !types && !reasons && !filter)
      return { ids: undefined, undecided: undefined, fields: undefined };
    const lists = Object.entries({ cluster: clusters, namespace: namespaces, type: types, reason: reasons });
    const wanted = lists.flatMap(([field, values]) =>
      values ? [[field as ListedField, new Set(values)] as const] : [],
    );
    const { ids, undecided, values } = decide(this.#load(), (group) => {
      if (!wanted.every(([field, listed]) => listed.has(group[field]))) return false;
      return filter ? filter.ofGroup(group) : true;
    });
    const fields = GROUP_FIELDS.map((field): [GroupField, SelectedValues] => {
      const { selected, excluded } = values[field];
      return [field, { selected, excluded: without(excluded, selected) }];
    });
    return { ids, undecided: filter && undecided, fields: new Map(fields) };
  }

  /** What is new since the last time is added to them: they never change, and ids are never used again. */
  #load(): ReadonlyMap<number, EventGroup> {
    const last = this.#newest;
    for (const { id, ...row } of this.#selectNew.iterate(last)) {
      this.#all.set(id, this.#group(row));
      this.#newest = id;
    }
    return this.#all;
  }

  #group({ cluster, namespace, type, reason, kind }: GroupRow): EventGroup {
    return {
      cluster: this.#clusters.get(cluster) ?? '',
      namespace: this.#shared(namespace),
      type: this.#shared(type),
      reason: this.#shared(reason),
      kind: this.#shared(kind),
    };
  }

  /** One string for those that are equal, as long as it is remembered. */
  #shared(value: string): string {
    const known = this.#strings.get(value);
    if (known !== undefined) return known;
    this.#strings.set(value, value);
    return value;
  }
}

type ListedField = 'cluster' | 'namespace' | 'type' | 'reason';

interface Decided {
  readonly ids: ReadonlySet<number>;
  readonly undecided: ReadonlySet<number>;
  readonly values: Readonly<Record<GroupField, { readonly selected: Set<string>; readonly excluded: Set<string> }>>;
}

function decide(
  groups: ReadonlyMap<number, EventGroup>,
  decision: (group: EventGroup) => boolean | undefined,
): Decided {
  const ids = new Set<number>();
  const undecided = new Set<number>();
  const newValues = () => ({ selected: new Set<string>(), excluded: new Set<string>() });
  const values = { namespace: newValues(), type: newValues(), reason: newValues(), kind: newValues() };
  for (const [id, group] of groups) {
    const holds = decision(group);
    for (const field of GROUP_FIELDS) values[field][holds === false ? 'excluded' : 'selected'].add(group[field]);
    if (holds === false) continue;
    ids.add(id);
    if (holds === undefined) undecided.add(id);
  }
  return { ids, undecided, values };
}
