/** Clusters, the epochs of their resourceVersions, and how far each scope was observed. Inside the open transaction. */
import type { Database, Statement } from 'better-sqlite3';
import type { ClusterIdentity, ClusterState, Position } from '../../component/log.ts';

interface ClusterRow {
  readonly id: number;
  readonly name: string;
  readonly uid: string | null;
  readonly epoch: number;
}

export interface Epoch {
  readonly cluster: number;
  readonly number: number;
}

interface PositionRow {
  readonly scope: string;
  readonly epoch: number;
  readonly resource_version: string;
  readonly observed_until: number | null;
}

/** What it remembers is that of the open transaction: drop it when the transaction is rolled back. */
export class ClusterRegistry {
  readonly #db: Database;
  readonly #epochs = new Map<string, Epoch>();
  /** The number of a cluster's newest epoch, by the cluster's id; of clusters in `#epochs`. */
  readonly #newest = new Map<number, number>();
  readonly #setPosition: Statement<[cluster: number, scope: string, epoch: number, resourceVersion: string]>;

  constructor(db: Database) {
    this.#db = db;
    this.#setPosition = db.prepare(
      `insert into position (cluster, scope, epoch, resource_version) values (?, ?, ?, ?)
       on conflict do update set epoch = excluded.epoch, resource_version = excluded.resource_version
       where excluded.epoch >= epoch`,
    );
  }

  register({ name, uid }: ClusterIdentity): ClusterState {
    const known = (uid === undefined ? undefined : this.#find('uid', uid)) ?? this.#find('name', name);
    if (!known) {
      this.#add(name, uid ?? null, 1);
      return { epoch: 1, positions: new Map() };
    }
    let { epoch } = known;
    if (known.name !== name) this.#rename(known.id, name);
    if (uid !== undefined && known.uid !== uid) {
      if (known.uid !== null) epoch += 1;
      this.#db.prepare('update cluster set uid = ?, epoch = ? where id = ?').run(uid, epoch, known.id);
      this.#newest.set(known.id, epoch);
    }
    return { epoch, positions: this.#positions(known.id) };
  }

  /** The cluster's id; a cluster that was never registered is remembered without a uid. */
  cluster(name: string): number {
    return this.#find('name', name)?.id ?? this.#add(name, null, 1);
  }

  epoch(clusterName: string, number: number): Epoch {
    const key = `${number} ${clusterName}`;
    let epoch = this.#epochs.get(key);
    if (!epoch) {
      epoch = { cluster: this.cluster(clusterName), number };
      this.#raise(epoch);
      this.#epochs.set(key, epoch);
    }
    return epoch;
  }

  /** Whether no later epoch of its cluster has begun. */
  isNewest({ cluster, number }: Epoch): boolean {
    return this.#newest.get(cluster) === number;
  }

  /** A position of an earlier epoch says nothing any more and is not taken. */
  setPosition(cluster: number, scope: string, epoch: number, resourceVersion: string): void {
    this.#setPosition.run(cluster, scope, epoch, resourceVersion);
  }

  #find(column: 'name' | 'uid', value: string): ClusterRow | undefined {
    return this.#db.prepare<[string], ClusterRow>(`select * from cluster where ${column} = ?`).get(value);
  }

  #add(name: string, uid: string | null, epoch: number): number {
    const insert = this.#db.prepare('insert into cluster (name, uid, epoch) values (?, ?, ?)');
    return Number(insert.run(name, uid, epoch).lastInsertRowid);
  }

  /** Another cluster of that name gives way: when two contexts swap their names, it gets its own on its next start. */
  #rename(id: number, name: string): void {
    const update = this.#db.prepare<[string, number]>('update cluster set name = ? where id = ?');
    const other = this.#find('name', name);
    if (other) {
      let former = `${name} (former)`;
      for (let n = 2; this.#find('name', former); n++) former = `${name} (former ${n})`;
      update.run(former, other.id);
    }
    update.run(name, id);
    this.#epochs.clear();
  }

  #raise({ cluster, number }: Epoch): void {
    const raise = this.#db.prepare<[number, number], { epoch: number }>(
      'update cluster set epoch = max(epoch, ?) where id = ? returning epoch',
    );
    this.#newest.set(cluster, raise.get(number, cluster)?.epoch ?? number);
  }

  #positions(cluster: number): Map<string, Position> {
    const rows = this.#db
      .prepare<[number], PositionRow>(
        `select scope, epoch, resource_version,
           (select max(end_ms) from observed o where o.cluster = p.cluster and o.scope = p.scope) as observed_until
         from position p where cluster = ?`,
      )
      .all(cluster);
    return new Map(
      rows.map((row) => [
        row.scope,
        { epoch: row.epoch, resourceVersion: row.resource_version, observedUntil: row.observed_until ?? 0 },
      ]),
    );
  }
}
