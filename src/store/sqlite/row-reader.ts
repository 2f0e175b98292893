/** Turning rows back into records. Its methods belong into one read transaction with the query that found the rows. */
import type { Database, Statement } from 'better-sqlite3';
import type { StoredEvent } from '../../component/history.ts';
import { AppError } from '../../core/errors.ts';
import type { EventRecord } from '../../core/record.ts';
import { firstSeen } from '../../core/time.ts';
import { bytesOfEntry, READ_CACHE_BYTES } from './cache-bytes.ts';
import { decodeEvent, parseShape, type Shape } from './event-codec.ts';
import type { DecodeDictionary } from './field-codecs.ts';
import type { GroupReader } from './group-reader.ts';
import { TwoGenerationMap } from './two-generation-map.ts';
import { type StoredUid, unpackUid } from './uuid.ts';

/** In memory, besides what repeats in its shape's string. */
const SHAPE_BYTES = 500;
const OBJECT_BYTES = 400;

export interface EventRow {
  readonly seq: number;
  readonly time: number;
  readonly event_group: number;
  readonly shape: number;
  readonly template: number | null;
  readonly object: number;
  readonly epoch: number;
  readonly resource_version: number;
  readonly uid: StoredUid;
  readonly body: Buffer;
  /** How many it adds. */
  readonly occurrences: number;
}

export const EVENT_COLUMNS =
  'e.seq, e.time, event_group, shape, template, object, e.epoch, e.resource_version, uid, body, occurrences';

interface InvolvedObject {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** Kind and namespace are ids of strings, of which there are few: they are known more often than not. */
interface ObjectRow {
  readonly kind: number;
  readonly namespace: number;
  readonly name: string;
  readonly uid: StoredUid | null;
}

export class RowReader {
  readonly #groups: GroupReader;
  readonly #strings: StringReader;
  readonly #templates: StringReader;
  readonly #parsedShapes = new TwoGenerationMap<number, Shape>(READ_CACHE_BYTES.shapes, () => SHAPE_BYTES);
  readonly #objects = new TwoGenerationMap<number, InvolvedObject>(READ_CACHE_BYTES.objects, () => OBJECT_BYTES);
  readonly #selectShape: Statement<[number], { value: string }>;
  readonly #selectObject: Statement<[number], ObjectRow>;
  readonly #selectDeletion: Statement<
    [object: number, uid: StoredUid, epoch: number, resourceVersion: number],
    { receivedAt: number }
  >;
  readonly #dictionary: DecodeDictionary;

  constructor(db: Database, groups: GroupReader) {
    this.#groups = groups;
    this.#strings = new StringReader(db, 'string', READ_CACHE_BYTES.strings);
    this.#templates = new StringReader(db, 'template', READ_CACHE_BYTES.templates);
    this.#selectShape = db.prepare('select value from shape where id = ?');
    this.#selectObject = db.prepare('select kind, namespace, name, uid from object where id = ?');
    // The plus: see event-revisions.ts.
    this.#selectDeletion = db.prepare(
      `select received_at as receivedAt from event_deletion
       where object = +? and uid = +? and (epoch, resource_version) > (?, ?) order by epoch, resource_version limit 1`,
    );
    this.#dictionary = { string: (id) => this.#strings.value(id), template: (id) => this.#templates.value(id) };
  }

  record(row: EventRow): EventRecord {
    const shape = this.#shape(row.shape);
    const object = this.#object(row.object);
    const group = this.#groups.get(row.event_group);
    const { event, receivedAt } = decodeEvent(
      {
        shape,
        template: row.template,
        body: row.body,
        time: row.time,
        context: {
          baseSeconds: Math.floor(row.time / 1000),
          resourceVersion: row.resource_version,
          uid: unpackUid(row.uid),
          namespace: group.namespace,
          type: group.type,
          reason: group.reason,
          kind: object.kind,
          objectNamespace: object.namespace,
          objectName: object.name,
          objectUid: object.uid,
        },
      },
      this.#dictionary,
    );
    return {
      cluster: group.cluster,
      epoch: row.epoch,
      source: 'events',
      scope: shape.scope,
      subject: event.involvedObject,
      time: row.time,
      receivedAt,
      origin: shape.origin,
      news: shape.news,
      body: event,
    };
  }

  storedEvent(row: EventRow): StoredEvent {
    const record = this.record(row);
    const { body, time } = record;
    const deletion = this.#selectDeletion.get(row.object, row.uid, row.epoch, row.resource_version);
    return {
      ...record,
      occurrences: row.occurrences,
      firstSeen: firstSeen(body) ?? time,
      ...(deletion && { deletedAt: deletion.receivedAt }),
    };
  }

  #shape(id: number): Shape {
    let shape = this.#parsedShapes.get(id);
    if (!shape) {
      const row = this.#selectShape.get(id);
      if (!row) throw missing('shape', id);
      shape = parseShape(row.value);
      this.#parsedShapes.set(id, shape);
    }
    return shape;
  }

  #object(id: number): InvolvedObject {
    let object = this.#objects.get(id);
    if (!object) {
      const row = this.#selectObject.get(id);
      if (!row) throw missing('object', id);
      object = {
        kind: this.#strings.value(row.kind),
        namespace: this.#strings.value(row.namespace),
        name: row.name,
        uid: row.uid === null ? '' : unpackUid(row.uid),
      };
      this.#objects.set(id, object);
    }
    return object;
  }
}

class StringReader {
  readonly #table: string;
  readonly #cache: TwoGenerationMap<number, string>;
  readonly #select: Statement<[number], { value: string }>;

  constructor(db: Database, table: 'string' | 'template', cacheBytes: number) {
    this.#table = table;
    this.#cache = new TwoGenerationMap(cacheBytes, (_, text) => bytesOfEntry(text));
    this.#select = db.prepare(`select value from ${table} where id = ?`);
  }

  value(id: number): string {
    const cached = this.#cache.get(id);
    if (cached !== undefined) return cached;
    const row = this.#select.get(id);
    if (!row) throw missing(this.#table, id);
    this.#cache.set(id, row.value);
    return row.value;
  }
}

function missing(table: string, id: number): AppError {
  return new AppError('STORE_DAMAGED', `read a stored event: found no ${table} ${id}, want the one it refers to`);
}
