/** Who owns involved objects, where that was remembered. Inside an open read transaction. */
import type { Database, Statement } from 'better-sqlite3';
import type { OwnerName } from '../../core/workload.ts';
import { READ_CACHE_BYTES } from './cache-bytes.ts';
import { TwoGenerationMap } from './two-generation-map.ts';

/** An object's owners as one JSON text, `[]` where none are remembered; `object` is the outer query's table. */
export const OWNERS_JSON = `(select json_group_array(json_object('kind', owner.kind, 'name', owner.name) order by place)
  from object_owner owner where owner.object = object.id) as owners`;

/** Two owners with their names, and a slot in the map. */
const OWNERS_BYTES = 400;

interface OwnersRow {
  readonly id: number;
  readonly owners: string;
}

export class OwnerReader {
  readonly #newest: Statement<[], { id: number | null }>;
  readonly #one: Statement<[id: number], OwnersRow>;
  readonly #changed: Statement<[after: number], { object: number }>;
  readonly #many: Statement<[ids: string], OwnersRow>;
  /** The newest of what is remembered, when it was looked last. */
  #seen = 0;
  /** Null: not known. */
  #known = new TwoGenerationMap<number, readonly OwnerName[] | null>(READ_CACHE_BYTES.owners, () => OWNERS_BYTES);

  constructor(db: Database) {
    this.#newest = db.prepare('select max(id) as id from object_owner');
    this.#changed = db.prepare('select distinct object from object_owner where id > ?');
    this.#one = db.prepare(`select object.id, ${OWNERS_JSON} from object where object.id = +?`);
    this.#many = db.prepare(
      `select object.id, ${OWNERS_JSON} from object where object.id in (select value from json_each(?))`,
    );
  }

  /** Forgets of which objects something new is remembered. */
  refresh(): void {
    const newest = this.#newest.get()?.id ?? 0;
    if (newest === this.#seen) return;
    for (const { object } of this.#changed.all(this.#seen)) this.#known.delete(object);
    this.#seen = newest;
  }

  /** Reads what is not known yet, together. */
  prefetch(ids: Iterable<number>): void {
    if (this.#seen === 0) return;
    const unknown = [...new Set(ids)].filter((id) => this.#known.get(id) === undefined);
    if (unknown.length > 1) for (const row of this.#many.all(JSON.stringify(unknown))) this.#remember(row);
  }

  /** Undefined: not known. None: nobody owns it. */
  of(id: number): readonly OwnerName[] | undefined {
    if (this.#seen === 0) return undefined;
    const known = this.#known.get(id);
    if (known !== undefined) return known ?? undefined;
    const row = this.#one.get(id);
    return row && this.#remember(row);
  }

  #remember({ id, owners }: OwnersRow): readonly OwnerName[] | undefined {
    const known = ownersOf(owners);
    this.#known.set(id, known ?? null);
    return known;
  }
}

/** What {@link OWNERS_JSON} says; undefined: nothing. */
export function ownersOf(json: string): readonly OwnerName[] | undefined {
  const owners = JSON.parse(json) as OwnerName[];
  if (owners.length === 0) return undefined;
  return owners.filter(({ kind, name }) => kind !== '' || name !== '');
}
