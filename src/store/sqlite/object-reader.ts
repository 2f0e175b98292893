/** Which involved objects a query means: one row an incarnation. */
import type { Database, Statement } from 'better-sqlite3';
import type { EventQuery } from '../../component/history.ts';
import { packUid, type StoredUid } from './uuid.ts';

interface ObjectRow {
  readonly id: number;
  readonly cluster: string;
  readonly kind: string;
  readonly namespace: string;
  readonly uid: StoredUid | null;
}

export class ObjectReader {
  readonly #select: Statement<[string], ObjectRow>;

  constructor(db: Database) {
    this.#select = db.prepare(
      `select object.id, cluster.name as cluster, kind.value as kind, namespace.value as namespace, object.uid
       from object
       join cluster on cluster.id = object.cluster
       join string kind on kind.id = object.kind
       join string namespace on namespace.id = object.namespace
       where object.name = ?`,
    );
  }

  ids({ object, clusters }: Pick<EventQuery, 'object' | 'clusters'>): number[] {
    if (!object) return [];
    const kind = object.kind?.toLowerCase();
    const uid = object.uid === undefined ? undefined : packUid(object.uid);
    return this.#select
      .all(object.name)
      .filter(
        (row) =>
          (clusters?.includes(row.cluster) ?? true) &&
          (kind === undefined || row.kind.toLowerCase() === kind) &&
          (object.namespace === undefined || row.namespace === object.namespace) &&
          (uid === undefined || (row.uid !== null && sameUid(row.uid, uid))),
      )
      .map(({ id }) => id);
  }
}

function sameUid(a: StoredUid, b: StoredUid): boolean {
  return typeof a === 'string' || typeof b === 'string' ? a === b : a.equals(b);
}
