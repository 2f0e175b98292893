/** Groups, read as they are needed: filters select them, rows and rollups refer to them. */
import type { Database, Statement } from 'better-sqlite3';
import type { EventQuery } from '../../component/history.ts';
import { AppError } from '../../core/errors.ts';
import { READ_CACHE_BYTES } from './cache-bytes.ts';
import { TwoGenerationMap } from './two-generation-map.ts';

export interface Group {
  readonly cluster: string;
  readonly namespace: string;
  readonly type: string;
  readonly reason: string;
  readonly kind: string;
}

interface GroupRow {
  readonly cluster: number;
  readonly namespace: string;
  readonly type: string;
  readonly reason: string;
  readonly kind: string;
}

/** In memory, with four short strings of its own. */
const GROUP_BYTES = 400;

export class GroupReader {
  readonly #db: Database;
  readonly #groups = new TwoGenerationMap<number, GroupRow>(READ_CACHE_BYTES.groups, () => GROUP_BYTES);
  readonly #clusters = new Map<number, string>();
  readonly #select: Statement<[number], GroupRow>;
  readonly #selectClusters: Statement<[], { id: number; name: string }>;

  constructor(db: Database) {
    this.#db = db;
    this.#select = db.prepare('select cluster, namespace, type, reason, kind from event_group where id = ?');
    this.#selectClusters = db.prepare('select id, name from cluster');
  }

  /** Reads the clusters' names, which may change. */
  refresh(): void {
    for (const { id, name } of this.#selectClusters.all()) this.#clusters.set(id, name);
  }

  get(id: number): Group {
    let group = this.#groups.get(id);
    if (!group) {
      group = this.#select.get(id);
      if (!group)
        throw new AppError('STORE_DAMAGED', `read a stored event: found no group ${id}, want the one it refers to`);
      this.#groups.set(id, group);
    }
    return { ...group, cluster: this.#clusters.get(group.cluster) ?? '' };
  }

  /** The ids of the groups that a query selects; undefined for all of them. */
  select(query: Pick<EventQuery, 'clusters' | 'namespaces' | 'types' | 'reasons'>): ReadonlySet<number> | undefined {
    const { clusters, namespaces, types, reasons } = query;
    const filters = Object.entries({
      'cluster.name': clusters,
      namespace: namespaces,
      type: types,
      reason: reasons,
    }).filter(([, wanted]) => wanted !== undefined);
    if (filters.length === 0) return undefined;
    const conditions = filters.map(([column]) => `${column} in (select value from json_each(?))`);
    const found = this.#db
      .prepare<unknown[], { id: number }>(
        `select event_group.id from event_group join cluster on cluster.id = event_group.cluster where ${conditions.join(' and ')}`,
      )
      .all(...filters.map(([, wanted]) => JSON.stringify(wanted)));
    return new Set(found.map(({ id }) => id));
  }
}
