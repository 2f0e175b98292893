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
  readonly id: number;
  readonly cluster: number;
  readonly number: number;
  /** The greatest resourceVersion stored in it: whatever lies above it is not stored yet. */
  highestVersion: number;
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
  readonly #raised = new Set<Epoch>();
  /** The number of a cluster's newest epoch, by the cluster's id. */
  readonly #newest = new Map<number, number>();
  readonly #selectEpoch: Statement<[number, number], { id: number; cluster: number; highest_version: number }>;

  constructor(db: Database) {
    this.#db = db;
    this.#selectEpoch = db.prepare('select id, cluster, highest_version from epoch where cluster = ? and number = ?');
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
      epoch = this.#loadEpoch(this.cluster(clusterName), number);
      this.#epochs.set(key, epoch);
    }
    return epoch;
  }

  /** Whether no later epoch of its cluster has anything stored. */
  isNewest({ cluster, number }: Epoch): boolean {
    return this.#newest.get(cluster) === number;
  }

  raise(epoch: Epoch, resourceVersion: number): void {
    if (resourceVersion <= epoch.highestVersion) return;
    epoch.highestVersion = resourceVersion;
    this.#raised.add(epoch);
  }

  /** Writes what {@link raise} noted; the last thing before the commit. */
  flush(): void {
    const update = this.#db.prepare<[number, number]>('update epoch set highest_version = ? where id = ?');
    for (const { id, highestVersion } of this.#raised) update.run(highestVersion, id);
    this.#raised.clear();
  }

  /** A position of an earlier epoch says nothing any more and is not taken. */
  setPosition(cluster: number, scope: string, epoch: number, resourceVersion: string): void {
    this.#db
      .prepare(
        `insert into position (cluster, scope, epoch, resource_version) values (?, ?, ?, ?)
         on conflict do update set epoch = excluded.epoch, resource_version = excluded.resource_version
         where excluded.epoch >= epoch`,
      )
      .run(cluster, scope, epoch, resourceVersion);
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

  #loadEpoch(cluster: number, number: number): Epoch {
    const epoch = this.#selectOrInsertEpoch(cluster, number);
    const newest = this.#db.prepare<[number], { number: number }>(
      'select max(number) as number from epoch where cluster = ?',
    );
    this.#newest.set(cluster, newest.get(cluster)?.number ?? number);
    return epoch;
  }

  #selectOrInsertEpoch(cluster: number, number: number): Epoch {
    const row = this.#selectEpoch.get(cluster, number);
    if (row) return { id: row.id, cluster, number, highestVersion: row.highest_version };
    const insert = this.#db.prepare('insert into epoch (cluster, number, highest_version) values (?, ?, -1)');
    const id = Number(insert.run(cluster, number).lastInsertRowid);
    this.#db.prepare('update cluster set epoch = max(epoch, ?) where id = ?').run(number, cluster);
    return { id, cluster, number, highestVersion: -1 };
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
