/**
 * Storing revisions, whatever the order and however often they are offered, so that what is derived from them
 * (occurrences, rollups, the latest revision of an event) depends only on the set of them. Inside the open transaction.
 */
import type { Database, Statement } from 'better-sqlite3';
import { countOf } from '../../core/event.ts';
import type { EventRecord } from '../../core/record.ts';
import type { ClusterRegistry, Epoch } from './cluster-registry.ts';
import { DeletionWriter } from './deletion-writer.ts';
import { DictionaryWriter, dayOf } from './dictionary-writer.ts';
import { EventEncoder } from './event-codec.ts';
import {
  type CountedRevision,
  type EventKey,
  EventRevisions,
  type Neighbours,
  type Place,
  type Recounted,
} from './event-revisions.ts';
import type { EncodeDictionary, RowContext } from './field-codecs.ts';
import { GroupWriter } from './group-writer.ts';
import { HourlyWriter } from './hourly-writer.ts';
import { type KnownObject, ObjectWriter } from './object-writer.ts';
import { type Counted, occurrencesAfter, reachedAfter } from './occurrences.ts';
import { hasObjectUid, messageOf, rowContext } from './row-context.ts';
import { type SeriesRevision, SeriesWriter } from './series-writer.ts';
import { packUid, type StoredUid } from './uuid.ts';
import { WordIndexWriter } from './word-index-writer.ts';

interface Revision extends Counted, SeriesRevision {
  readonly group: number;
}

/** Where among the stored ones a revision belongs. */
interface Placed {
  readonly revision: Revision;
  readonly key: EventKey;
  readonly series: number | null;
  readonly occurrences: number;
}

interface RecountContext {
  readonly object: KnownObject;
  readonly key: EventKey;
  readonly epoch: Epoch;
  readonly reached: number;
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

export const NOT_STORED = -1;

/** Its ids are those of the open transaction: drop it when the transaction is rolled back. */
export class EventWriter {
  readonly objects: ObjectWriter;
  readonly hourly: HourlyWriter;
  readonly deletions: DeletionWriter;
  readonly words: WordIndexWriter;
  readonly #series: SeriesWriter;
  readonly #revisions: EventRevisions;
  readonly #clusters: ClusterRegistry;
  readonly #groups: GroupWriter;
  readonly #strings: DictionaryWriter;
  readonly #shapes: DictionaryWriter;
  readonly #templates: DictionaryWriter;
  readonly #encoder = new EventEncoder();
  readonly #insert: Statement<EventColumns>;
  readonly #dictionary: EncodeDictionary = {
    stringId: (value) => this.#strings.idOfRepeated(value, this.#day),
    templateId: (value) => this.#templates.idOfRepeated(value, this.#day),
  };
  /** Of the event that is being encoded. */
  #day = 0;
  #isPlain = true;

  constructor(db: Database, clusters: ClusterRegistry) {
    this.#clusters = clusters;
    this.hourly = new HourlyWriter(db);
    this.deletions = new DeletionWriter(db);
    this.words = new WordIndexWriter(db);
    this.#series = new SeriesWriter(db);
    this.#revisions = new EventRevisions(db);
    this.#groups = new GroupWriter(db);
    this.#strings = new DictionaryWriter(db, 'string');
    this.objects = new ObjectWriter(db, this.#strings);
    this.#shapes = new DictionaryWriter(db, 'shape');
    this.#templates = new DictionaryWriter(db, 'template');
    this.#insert = db.prepare('insert into event values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  }

  /** Whether everything since the last flush was stored as it was offered and changed nothing that had been stored. */
  get isPlain(): boolean {
    return this.#isPlain;
  }

  /** How many occurrences it adds to everything stored, or NOT_STORED when it is stored already. */
  store(record: EventRecord, state: StoreState): number {
    const row = rowContext(record);
    const { resourceVersion } = row;
    const epoch = this.#clusters.epoch(record.cluster, record.epoch);
    const object = this.#findObject(record, row, epoch);
    const key: EventKey = { object: object.id, uid: packUid(row.uid) };
    const place = { epoch: epoch.number, resourceVersion };
    const { before, after } = this.#neighbours(object, row.uid, key, place, state);
    if (before?.epoch === epoch.number && before.resourceVersion === resourceVersion) return NOT_STORED;
    const neighbour = before ?? after;
    const series = neighbour ? (neighbour.series ?? neighbour.seq) : null;
    const expired = record.time < state.expiredBefore;
    const revision: Revision = {
      ...place,
      seq: ++state.lastSeq,
      time: record.time,
      group: this.#groups.id(epoch.cluster, row, dayOf(record.time)),
      count: countOf(record.body),
    };
    const reached = this.#revisions.reached(key, epoch.number, before);
    const occurrences = occurrencesAfter(before, revision, reached);
    this.#insertRow(expired ? this.#withoutNews(record) : record, row, { revision, key, series, occurrences });
    state.revisions++;
    this.hourly.add(revision.time, revision.group, 1, occurrences);
    const { seq, time, group } = revision;
    this.words.add(seq, { time, group, key: row, message: messageOf(record.body) });
    if (neighbour && series !== null) this.#series.add(series, revision, neighbour);
    if (!after)
      this.objects.setHead(object, row.uid, { ...revision, series, reached: reachedAfter(before, revision, reached) });
    // Revisions that stayed keep their occurrences.
    if (!after || expired) return occurrences;
    const recounted = this.#recount(after, revision, { object, key, epoch, reached });
    for (const { time, group, change } of recounted) this.hourly.add(time, group, 0, change);
    return recounted.reduce((sum, { change }) => sum + change, occurrences);
  }

  /** Remembers that the event was deleted with this resourceVersion; changes nothing when that is known. */
  storeDeletion(record: EventRecord, { expiredBefore }: StoreState): void {
    // The event may be gone, and then nothing would ever take this away.
    if (record.time < expiredBefore) return;
    const row = rowContext(record);
    const epoch = this.#clusters.epoch(record.cluster, record.epoch);
    const { id: object } = this.#findObject(record, row, epoch);
    const place = { epoch: epoch.number, resourceVersion: row.resourceVersion };
    this.deletions.add({ object, uid: packUid(row.uid) }, place, record.receivedAt);
  }

  /** To be called before the commit, once the store's last seq is that of what was stored. */
  flush(): void {
    // A revision that is counted may have other occurrences now.
    if (!this.#isPlain || this.hourly.isDue) this.hourly.flush();
    this.#series.flush();
    this.words.flush();
    this.#isPlain = true;
  }

  #neighbours(
    object: KnownObject,
    uid: string,
    key: EventKey,
    place: Place,
    { expiredBefore }: StoreState,
  ): Neighbours {
    const head = object.head(uid);
    if (!head && object.isComplete) return {};
    // What expired may be gone.
    return this.#revisions.neighbours(key, place, head && head.time >= expiredBefore ? head : undefined);
  }

  /** What expired and is offered again is no news. */
  #withoutNews(record: EventRecord): EventRecord {
    this.#isPlain = false;
    return { ...record, news: false };
  }

  #recount(
    after: CountedRevision,
    stored: Revision,
    { object, key, epoch, reached }: RecountContext,
  ): readonly Recounted[] {
    this.#isPlain = false;
    if (reached === 0 && this.#clusters.isNewest(epoch)) return this.#revisions.recountNext(after, stored);
    // Those behind it may have to exceed something else from now on.
    object.forget();
    return this.#revisions.recountLater(key, stored.seq);
  }

  #findObject({ body, time }: EventRecord, row: RowContext, { cluster }: Epoch): KnownObject {
    const { kind, objectNamespace: namespace, objectName: name } = row;
    const uid = hasObjectUid(body) ? row.objectUid : undefined;
    return this.objects.find({ cluster, kind, namespace, name, uid }, dayOf(time));
  }

  #insertRow(record: EventRecord, row: RowContext, { revision, key, series, occurrences }: Placed): void {
    const day = dayOf(record.time);
    this.#day = day;
    const { shape, template, body } = this.#encoder.encode(record, row, this.#dictionary);
    const { seq, time, group, epoch, resourceVersion, count } = revision;
    const shapeId = this.#shapes.id(shape, day);
    this.#insert.run(
      seq,
      time,
      group,
      shapeId,
      template,
      key.object,
      epoch,
      resourceVersion,
      series,
      count,
      occurrences,
      key.uid,
      body,
    );
  }
}
