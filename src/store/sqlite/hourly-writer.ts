/** The hourly rollups, by group and by class: changes are summed while a transaction is open and written once, before its commit. */
import type { Database, Statement } from 'better-sqlite3';
import { TwoGenerationMap } from './two-generation-map.ts';

export const HOUR_MS = 3_600_000;
const CLASSES = 4_000;

interface Change {
  revisions: number;
  occurrences: number;
}

/** Its sums are those of the open transaction: drop it when the transaction is rolled back. */
export class HourlyWriter {
  readonly #changes = new Map<number, Map<number, Change>>();
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
  }

  add(time: number, group: number, revisions: number, occurrences: number): void {
    const hour = Math.floor(time / HOUR_MS);
    let groups = this.#changes.get(hour);
    if (!groups) {
      groups = new Map();
      this.#changes.set(hour, groups);
    }
    addTo(groups, group, { revisions, occurrences });
  }

  flush(): void {
    for (const [hour, groups] of this.#changes) {
      const classes = new Map<number, Change>();
      for (const [group, change] of groups) {
        const { revisions, occurrences } = change;
        this.#upsert.run(hour, group, revisions, occurrences);
        if (revisions < 0) this.#deleteEmpty.run(hour, group);
        addTo(classes, this.#classOf(group), change);
      }
      for (const [id, { revisions, occurrences }] of classes) {
        this.#upsertClass.run(hour, id, revisions, occurrences);
        if (revisions < 0) this.#deleteEmptyClass.run(hour, id);
      }
    }
    this.#changes.clear();
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
