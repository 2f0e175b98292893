/** The controllers of involved objects. Inside the open transaction. */
import type { Database, Statement } from 'better-sqlite3';
import type { OwnedObject } from '../../component/history.ts';
import type { OwnerName } from '../../core/workload.ts';
import { packUid, type StoredUid } from './uuid.ts';

/** Stands for the owner of what nobody owns. */
const NOBODY: OwnerName = { kind: '', name: '' };

export class OwnerWriter {
  readonly #object: Statement<
    [name: string, namespace: string, kind: string, cluster: string, uid: StoredUid | null],
    { id: number }
  >;
  readonly #known: Statement<[object: number], OwnerName>;
  readonly #forget: Statement<[object: number]>;
  readonly #insert: Statement<[object: number, place: number, kind: string, name: string]>;

  constructor(db: Database) {
    this.#object = db.prepare(
      `select id from object
       where name = ? and namespace = (select id from string where value = ?)
         and kind = (select id from string where value = ?) and cluster = (select id from cluster where name = ?)
         and uid is ?`,
    );
    // `+?`: see event-revisions.ts.
    this.#known = db.prepare('select kind, name from object_owner where object = +? order by place');
    this.#forget = db.prepare('delete from object_owner where object = ?');
    this.#insert = db.prepare('insert into object_owner (object, place, kind, name) values (?, ?, ?, ?)');
  }

  /** Passes over an object about which there are no events, and one of which that is known. */
  add({ cluster, kind, namespace, name, uid, owners }: OwnedObject): void {
    const object = this.#object.get(name, namespace, kind, cluster, uid === '' ? null : packUid(uid))?.id;
    if (object === undefined) return;
    const wanted = owners.length === 0 ? [NOBODY] : owners;
    const known = this.#known.all(object);
    if (known.length === wanted.length && known.every((owner, place) => isSame(owner, wanted[place]))) return;
    this.#forget.run(object);
    for (const [place, owner] of wanted.entries()) this.#insert.run(object, place, owner.kind, owner.name);
  }
}

function isSame(owner: OwnerName, other: OwnerName | undefined): boolean {
  return owner.kind === other?.kind && owner.name === other.name;
}
