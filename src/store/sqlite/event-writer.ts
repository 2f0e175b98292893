/**
 * Storing revisions, whatever the order and however often they are offered, so that what is derived from them
 * (occurrences, rollups, the latest revision of an event) depends only on the set of them. Inside the open transaction.
 */
import type { Database, Statement } from 'better-sqlite3';
import type { EventRecord } from '../../core/record.ts';
import type { ClusterRegistry, Epoch } from './cluster-registry.ts';
import { DictionaryWriter, dayOf } from './dictionary-writer.ts';
import { EventEncoder } from './event-codec.ts';
import type { RowContext } from './field-codecs.ts';
import { GroupWriter } from './group-writer.ts';
import { HourlyWriter } from './hourly-writer.ts';
import { type KnownObject, ObjectWriter, type StoredRevision } from './object-writer.ts';
import { occurrencesOf } from './occurrences.ts';
import { hasObjectUid, rowContext } from './row-context.ts';
import { packUid, type StoredUid } from './uuid.ts';

interface Neighbour extends StoredRevision {
  readonly event_group: number;
  readonly occurrences: number;
}

/** The stored revisions of the same event on both sides of one that is offered. */
interface Neighbours {
  /** The one that is offered, when it is stored already. */
  readonly before: StoredRevision | undefined;
  readonly after: Neighbour | undefined;
}

interface Counted {
  readonly epoch: number;
  readonly count: number;
}

interface Revision extends Counted {
  readonly seq: number;
  readonly resourceVersion: number;
  readonly time: number;
  readonly group: number;
}

/** Where among the stored ones a revision belongs. */
interface Placed {
  readonly revision: Revision;
  readonly object: number;
  readonly series: number | null;
  readonly occurrences: number;
  readonly uid: StoredUid;
}

export interface StoreState {
  lastSeq: number;
  revisions: number;
  /** Everything last seen before this instant was deleted once. */
  readonly expiredBefore: number;
}

type EventColumns = [
  seq: number,
  time: number,
  group: number,
  shape: number,
  template: number | null,
  object: number,
  epoch: number,
  resourceVersion: number,
  series: number | null,
  count: number,
  occurrences: number,
  uid: StoredUid,
  body: Uint8Array,
];

const NEIGHBOUR = 'select seq, epoch, resource_version, time, event_group, series, count, occurrences from event';
// SQLite compiles a statement with `column = ?` and `order by` again for each value, which takes four times as long as
// running it; `+?` keeps it from looking at the value. https://www.sqlite.org/c3ref/prepare.html
const OF_EVENT = 'object = +? and substr(uid, 1, 2) = substr(+?, 1, 2) and uid = +?';

type OfEvent = [object: number, uid: StoredUid, uidAgain: StoredUid];

/** What revisions of one event are ordered by. */
type Order = [epoch: number, resourceVersion: number];

const NOT_STORED = -1;

/** Its ids are those of the open transaction: drop it when the transaction is rolled back. */
export class EventWriter {
  readonly objects: ObjectWriter;
  readonly hourly: HourlyWriter;
  readonly #clusters: ClusterRegistry;
  readonly #groups: GroupWriter;
  readonly #strings: DictionaryWriter;
  readonly #shapes: DictionaryWriter;
  readonly #templates: DictionaryWriter;
  readonly #encoder = new EventEncoder();
  readonly #atOrBefore: Statement<[...OfEvent, number, number], Neighbour>;
  readonly #after: Statement<[...OfEvent, number, number], Neighbour>;
  readonly #insert: Statement<EventColumns>;
  readonly #adjust: Statement<[number, number]>;
  readonly #openSeries: Statement<[number, number, number, number, number]>;
  readonly #growSeries: Statement<[...Order, number, ...Order, number, ...Order, number, ...Order, number, number]>;

  constructor(db: Database, clusters: ClusterRegistry) {
    this.#clusters = clusters;
    this.objects = new ObjectWriter(db);
    this.hourly = new HourlyWriter(db);
    this.#groups = new GroupWriter(db);
    this.#strings = new DictionaryWriter(db, 'string');
    this.#shapes = new DictionaryWriter(db, 'shape');
    this.#templates = new DictionaryWriter(db, 'template');
    this.#atOrBefore = db.prepare(
      `${NEIGHBOUR} where ${OF_EVENT} and (epoch, resource_version) <= (?, ?)
         order by epoch desc, resource_version desc limit 1`,
    );
    this.#after = db.prepare(
      `${NEIGHBOUR} where ${OF_EVENT} and (epoch, resource_version) > (?, ?) order by epoch, resource_version limit 1`,
    );
    this.#insert = db.prepare('insert into event values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#adjust = db.prepare('update event set occurrences = ? where seq = ?');
    this.#openSeries = db.prepare('insert or ignore into series values (?, ?, ?, ?, ?, 1)');
    this.#growSeries = db.prepare(
      `update series set revisions = revisions + 1,
         latest = iif((?, ?) > (epoch, resource_version), ?, latest),
         time = iif((?, ?) > (epoch, resource_version), ?, time),
         resource_version = iif((?, ?) > (epoch, resource_version), ?, resource_version),
         epoch = iif((?, ?) > (epoch, resource_version), ?, epoch)
       where id = ?`,
    );
  }

  /** How many occurrences it adds to everything stored, or NOT_STORED when it is stored already. */
  store(record: EventRecord, state: StoreState): number {
    const row = rowContext(record);
    const { resourceVersion } = row;
    const uid = packUid(row.uid);
    const epoch = this.#clusters.epoch(record.cluster, record.epoch);
    const object = this.#findObject(record, row, epoch);
    const { before, after } = this.#neighbours(object, row, uid, epoch);
    if (before?.epoch === epoch.number && before.resource_version === resourceVersion) return NOT_STORED;
    const neighbour = before ?? after;
    const series = neighbour ? (neighbour.series ?? neighbour.seq) : null;
    const expired = record.time < state.expiredBefore;
    const revision: Revision = {
      seq: ++state.lastSeq,
      epoch: epoch.number,
      resourceVersion,
      time: record.time,
      group: this.#groups.id(epoch.cluster, row, dayOf(record.time)),
      count: occurrencesOf(record.body),
    };
    const occurrences = delta(before, revision);
    // What expired and is offered again is no news.
    this.#insertRow(expired ? { ...record, news: false } : record, row, {
      revision,
      object: object.id,
      series,
      occurrences,
      uid,
    });
    state.revisions++;
    this.#clusters.raise(epoch, resourceVersion);
    this.hourly.add(revision.time, revision.group, 1, occurrences);
    if (neighbour && series !== null) this.#extendSeries(series, neighbour, revision);
    if (!after) object.setHead(row.uid, { ...revision, resource_version: resourceVersion, series });
    // Revisions that stayed keep their occurrences.
    return after && !expired ? occurrences + this.#follow(after, revision) : occurrences;
  }

  #neighbours(object: KnownObject, row: RowContext, uid: StoredUid, epoch: Epoch): Neighbours {
    const { resourceVersion } = row;
    const head = object.head(row.uid);
    const { number } = epoch;
    const isAfterHead = head && (head.epoch - number || head.resource_version - resourceVersion) <= 0;
    if (head ? isAfterHead : object.isComplete) return { before: head, after: undefined };
    const before = this.#atOrBefore.get(object.id, uid, uid, number, resourceVersion);
    // Nothing can follow what is above everything stored.
    const isLast = resourceVersion > epoch.highestVersion && this.#clusters.isNewest(epoch);
    return { before, after: isLast ? undefined : this.#after.get(object.id, uid, uid, number, resourceVersion) };
  }

  #findObject({ body, time }: EventRecord, row: RowContext, epoch: Epoch): KnownObject {
    const day = dayOf(time);
    return this.objects.find({
      cluster: epoch.cluster,
      kind: this.#strings.id(row.kind, day),
      namespace: this.#strings.id(row.objectNamespace, day),
      name: row.objectName,
      uid: hasObjectUid(body) ? packUid(row.objectUid) : null,
    });
  }

  #insertRow(record: EventRecord, row: RowContext, { revision, object, series, occurrences, uid }: Placed): void {
    const day = dayOf(record.time);
    const { shape, template, body } = this.#encoder.encode(record, row, {
      stringId: (value) => this.#strings.idOfRepeated(value, day),
      templateId: (value) => this.#templates.idOfRepeated(value, day),
    });
    const { seq, time, group, epoch, resourceVersion, count } = revision;
    const shapeId = this.#shapes.id(shape, day);
    this.#insert.run(
      seq,
      time,
      group,
      shapeId,
      template,
      object,
      epoch,
      resourceVersion,
      series,
      count,
      occurrences,
      uid,
      body,
    );
  }

  #extendSeries(series: number, neighbour: StoredRevision, { seq, epoch, resourceVersion, time }: Revision): void {
    this.#openSeries.run(series, neighbour.seq, neighbour.epoch, neighbour.resource_version, neighbour.time);
    const order: Order = [epoch, resourceVersion];
    this.#growSeries.run(...order, seq, ...order, time, ...order, resourceVersion, ...order, epoch, series);
  }

  /** The occurrences of `after` now count from the revision that came before it. */
  #follow(after: Neighbour, before: Revision): number {
    const occurrences = delta(before, after);
    const change = occurrences - after.occurrences;
    if (change === 0) return 0;
    this.#adjust.run(occurrences, after.seq);
    this.hourly.add(after.time, after.event_group, 0, change);
    return change;
  }
}

/** What a snapshot brings back in a later epoch was counted before; within an epoch a smaller count is a new beginning. */
function delta(before: Counted | undefined, { epoch, count }: Counted): number {
  if (before === undefined) return count;
  if (before.count <= count) return count - before.count;
  return before.epoch === epoch ? count : 0;
}
