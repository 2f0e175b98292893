/** All groups, in memory: filters select them, rows and rollups refer to them. New ones are read as they appear. */
import type { Database, Statement } from 'better-sqlite3';
import type { EventQuery } from '../../component/history.ts';
import { AppError } from '../../core/errors.ts';

export interface Group {
  readonly cluster: string;
  readonly namespace: string;
  readonly type: string;
  readonly reason: string;
  readonly kind: string;
}

interface GroupRow {
  readonly id: number;
  readonly cluster: number;
  readonly namespace: string;
  readonly type: string;
  readonly reason: string;
  readonly kind: string;
}

export class GroupReader {
  readonly #groups = new Map<number, GroupRow>();
  readonly #clusters = new Map<number, string>();
  readonly #selectNew: Statement<[number], GroupRow>;
  readonly #selectClusters: Statement<[], { id: number; name: string }>;
  #lastId = 0;

  constructor(db: Database) {
    this.#selectNew = db.prepare(
      'select id, cluster, namespace, type, reason, kind from event_group where id > ? order by id',
    );
    this.#selectClusters = db.prepare('select id, name from cluster');
  }

  /** Reads what was added since, and the clusters' names, which may change. */
  refresh(): void {
    for (const { id, name } of this.#selectClusters.all()) this.#clusters.set(id, name);
    for (const row of this.#selectNew.all(this.#lastId)) {
      this.#groups.set(row.id, row);
      this.#lastId = row.id;
    }
  }

  get(id: number): Group {
    const row = this.#groups.get(id);
    if (!row)
      throw new AppError('STORE_DAMAGED', `read a stored event: found no group ${id}, want the one it refers to`);
    return { ...row, cluster: this.#clusters.get(row.cluster) ?? '' };
  }

  /** The ids of the groups that a query selects; undefined for all of them. */
  select(query: Pick<EventQuery, 'clusters' | 'namespaces' | 'types' | 'reasons'>): ReadonlySet<number> | undefined {
    const { clusters, namespaces, types, reasons } = query;
    if (!clusters && !namespaces && !types && !reasons) return undefined;
    const selected = [...this.#groups.values()].filter(
      (group) =>
        matches(clusters, this.#clusters.get(group.cluster) ?? '') &&
        matches(namespaces, group.namespace) &&
        matches(types, group.type) &&
        matches(reasons, group.reason),
    );
    return new Set(selected.map(({ id }) => id));
  }
}

function matches(wanted: readonly string[] | undefined, value: string): boolean {
  return wanted === undefined || wanted.includes(value);
}
