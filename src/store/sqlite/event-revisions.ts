/** The stored revisions of one event, in the order in which they were written. Inside the open transaction. */
import type { Database, Statement } from 'better-sqlite3';
import { type Counted, occurrencesAfter, reachedAfter } from './occurrences.ts';
import type { SeriesRevision } from './series-writer.ts';
import type { StoredUid } from './uuid.ts';

/** A stored revision, as its neighbours need to know it. */
export interface StoredRevision extends SeriesRevision {
  readonly series: number | null;
  readonly count: number;
  /** What later revisions of its epoch have to exceed, where that is known: see {@link reachedAfter}. */
  readonly reached?: number;
}

export interface CountedRevision extends StoredRevision {
  readonly group: number;
  readonly occurrences: number;
}

/** On both sides of one that is offered. */
export interface Neighbours {
  /** The one that is offered, when it is stored already. */
  readonly before?: StoredRevision | undefined;
  readonly after?: CountedRevision | undefined;
}

export interface EventKey {
  readonly object: number;
  readonly uid: StoredUid;
}

/** The place of a revision in the order. */
export interface Place {
  readonly epoch: number;
  readonly resourceVersion: number;
}

/** A revision that has other occurrences now. */
export interface Recounted {
  readonly time: number;
  readonly group: number;
  readonly change: number;
}

type OfEvent = [object: number, uid: StoredUid, uidAgain: StoredUid];

// SQLite compiles a statement with `column = ?` and `order by`, or with `limit ?`, again for each value, which takes four
// times as long as running it; `+?` keeps it from looking at the value. https://www.sqlite.org/c3ref/prepare.html
const OF_EVENT = 'object = +? and substr(uid, 1, 2) = substr(+?, 1, 2) and uid = +?';
const REVISION = 'select seq, epoch, resource_version as resourceVersion, time, series, count';
const COUNTED = `${REVISION}, event_group as "group", occurrences`;

export class EventRevisions {
  readonly #latest: Statement<OfEvent, StoredRevision>;
  readonly #atOrBefore: Statement<[...OfEvent, number, number], StoredRevision>;
  readonly #after: Statement<[...OfEvent, number, number], CountedRevision>;
  readonly #all: Statement<OfEvent, CountedRevision>;
  readonly #reached: Statement<[...OfEvent, number], { reached: number | null }>;
  readonly #adjust: Statement<[number, number]>;

  constructor(db: Database) {
    const latestFirst = 'order by epoch desc, resource_version desc';
    this.#latest = db.prepare(`${REVISION} from event where ${OF_EVENT} ${latestFirst} limit 1`);
    this.#atOrBefore = db.prepare(
      `${REVISION} from event where ${OF_EVENT} and (epoch, resource_version) <= (?, ?) ${latestFirst} limit 1`,
    );
    this.#after = db.prepare(
      `${COUNTED} from event where ${OF_EVENT} and (epoch, resource_version) > (?, ?)
       order by epoch, resource_version limit 1`,
    );
    this.#all = db.prepare(`${COUNTED} from event where ${OF_EVENT} order by epoch, resource_version`);
    this.#reached = db.prepare(`select max(count) as reached from event where ${OF_EVENT} and epoch < ?`);
    this.#adjust = db.prepare('update event set occurrences = ? where seq = ?');
  }

  /** `latest`: the latest revision of the event, where it is known. Most often nothing lies after what is offered. */
  neighbours(
    { object, uid }: EventKey,
    { epoch, resourceVersion }: Place,
    latest = this.#latest.get(object, uid, uid),
  ): Neighbours {
    if (!latest || (latest.epoch - epoch || latest.resourceVersion - resourceVersion) <= 0) return { before: latest };
    return {
      before: this.#atOrBefore.get(object, uid, uid, epoch, resourceVersion),
      after: this.#after.get(object, uid, uid, epoch, resourceVersion),
    };
  }

  /** What a revision that comes after `before` has to exceed. */
  reached({ object, uid }: EventKey, epoch: number, before: StoredRevision | undefined): number {
    // Epochs are counted from 1.
    if (!before || epoch === 1) return 0;
    if (before.epoch === epoch && before.reached !== undefined) return before.reached;
    const earlier = this.#reached.get(object, uid, uid, epoch)?.reached ?? 0;
    if (earlier === 0 || before.epoch !== epoch) return earlier;
    const counted = countAll(this.#all.all(object, uid, uid));
    return counted.find(({ revision }) => revision.seq === before.seq)?.reachedAfter ?? earlier;
  }

  /** Counts anew the one after a revision that was just stored, where those behind it do not change. */
  recountNext(after: CountedRevision, stored: Counted): Recounted[] {
    return this.#recount(after, occurrencesAfter(stored, after, 0));
  }

  /** Counts anew all that lie after a revision that was just stored. */
  recountLater({ object, uid }: EventKey, storedSeq: number): Recounted[] {
    const counted = countAll(this.#all.all(object, uid, uid));
    const first = counted.findIndex(({ revision }) => revision.seq === storedSeq) + 1;
    return counted.slice(first).flatMap(({ revision, occurrences }) => this.#recount(revision, occurrences));
  }

  #recount({ seq, time, group, occurrences }: CountedRevision, wanted: number): Recounted[] {
    if (occurrences === wanted) return [];
    this.#adjust.run(wanted, seq);
    return [{ time, group, change: wanted - occurrences }];
  }
}

interface RevisionCount {
  readonly revision: CountedRevision;
  readonly occurrences: number;
  readonly reachedAfter: number;
}

/** All of an event, in order. */
function countAll(revisions: readonly CountedRevision[]): RevisionCount[] {
  let before: CountedRevision | undefined;
  let highest = 0;
  let reached = 0;
  return revisions.map((revision) => {
    if (before?.epoch !== revision.epoch) reached = highest;
    const occurrences = occurrencesAfter(before, revision, reached);
    reached = reachedAfter(before, revision, reached);
    highest = Math.max(highest, revision.count);
    before = revision;
    return { revision, occurrences, reachedAfter: reached };
  });
}
