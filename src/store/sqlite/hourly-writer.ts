/**
 * The hourly rollups, by group and by class. What is stored is summed in memory and written some at a time: a commit for
 * itself would change a fifth of its pages only to count. Readers add what is not written yet, row by row.
 */
import type { Database, Statement } from 'better-sqlite3';
import { TwoGenerationMap } from './two-generation-map.ts';

export const HOUR_MS = 3_600_000;
const CLASSES = 4_000;
/** Written together: as many are added by whoever reads. */
const REVISIONS_AT_ONCE = 1_000;

interface Change {
  revisions: number;
  occurrences: number;
}

/** Its sums are those of all that is not counted, in the open transaction too: drop it when that is rolled back. */
export class HourlyWriter {
  readonly #changes = new Map<number, Map<number, Change>>();
  #revisions = 0;
  readonly #setCounted: Statement<[]>;
  readonly #upsert: Statement<[number, number, number, number]>;
  readonly #deleteEmpty: Statement<[number, number]>;
  readonly #upsertClass: Statement<[number, number, number, number]>;
  readonly #deleteEmptyClass: Statement<[number, number]>;
  readonly #selectClass: Statement<[number], { class: number }>;
  /** Of the groups of this hour, and a few before it. */
  readonly #classes = new TwoGenerationMap<number, number>(CLASSES, () => 1);

  constructor(db: Database) {
    this.#upsert = db.prepare(
      `insert into hourly (hour, event_group, revisions, occurrences) values (?, ?, ?, ?)
       on conflict do update set
         revisions = revisions + excluded.revisions, occurrences = occurrences + excluded.occurrences`,
    );
    this.#deleteEmpty = db.prepare('delete from hourly where hour = ? and event_group = ? and revisions = 0');
    this.#upsertClass = db.prepare(
      `insert into hourly_class (hour, class, revisions, occurrences) values (?, ?, ?, ?)
       on conflict do update set
         revisions = revisions + excluded.revisions, occurrences = occurrences + excluded.occurrences`,
    );
    this.#deleteEmptyClass = db.prepare('delete from hourly_class where hour = ? and class = ? and revisions = 0');
    this.#selectClass = db.prepare('select class from group_class where event_group = ?');
    this.#setCounted = db.prepare('update rollup set counted_seq = (select last_seq from store)');
    const uncounted = db.prepare<[], [time: number, group: number, occurrences: number]>(
      'select time, event_group, occurrences from event where seq > (select counted_seq from rollup)',
    );
    for (const [time, group, occurrences] of uncounted.raw().iterate()) this.add(time, group, 1, occurrences);
  }

  /** Whether there is enough to be written. */
  get isDue(): boolean {
    return this.#revisions >= REVISIONS_AT_ONCE;
  }

  add(time: number, group: number, revisions: number, occurrences: number): void {
    const hour = Math.floor(time / HOUR_MS);
    let groups = this.#changes.get(hour);
    if (!groups) {
      groups = new Map();
      this.#changes.set(hour, groups);
    }
    addTo(groups, group, { revisions, occurrences });
    this.#revisions += revisions;
  }

  /** Once the store's last seq is that of what was added. */
  flush(): void {
    for (const [hour, groups] of this.#changes) {
      const classes = new Map<number, Change>();
      for (const [group, change] of groups) {
        const { revisions, occurrences } = change;
        this.#upsert.run(hour, group, revisions, occurrences);
        if (revisions <= 0) this.#deleteEmpty.run(hour, group);
        addTo(classes, this.#classOf(group), change);
      }
      for (const [id, { revisions, occurrences }] of classes) {
        this.#upsertClass.run(hour, id, revisions, occurrences);
        if (revisions <= 0) this.#deleteEmptyClass.run(hour, id);
      }
    }
    this.#changes.clear();
    this.#revisions = 0;
    this.#setCounted.run();
  }

  #classOf(group: number): number {
    const known = this.#classes.get(group);
    if (known !== undefined) return known;
    // Every group has one.
    const id = this.#selectClass.get(group)?.class ?? 0;
    this.#classes.set(group, id);
    return id;
  }
}

function addTo(changes: Map<number, Change>, key: number, { revisions, occurrences }: Change): void {
  const change = changes.get(key);
  if (change) {
    change.revisions += revisions;
    change.occurrences += occurrences;
  } else changes.set(key, { revisions, occurrences });
}
