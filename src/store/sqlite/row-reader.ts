/** Turning rows back into records. Its methods belong into one read transaction with the query that found the rows. */
import type { Database } from 'better-sqlite3';
import type { StoredEvent } from '../../component/history.ts';
import type { EventRecord } from '../../core/record.ts';
import { firstSeen } from '../../core/time.ts';
import type { NamedObject } from '../../core/workload.ts';
import { bytesOfEntry, READ_CACHE_BYTES } from './cache-bytes.ts';
import { DictionaryReader } from './dictionary-reader.ts';
import { decodeEvent, parseShape, type Shape } from './event-codec.ts';
import type { DecodeDictionary } from './field-codecs.ts';
import type { GroupReader } from './group-reader.ts';
import { partsOf } from './message-template.ts';
import { OwnerReader } from './owner-reader.ts';
import { UID_TEXT, uidOfText } from './uuid.ts';

/** In memory, besides what repeats in its shape's string. */
const SHAPE_BYTES = 500;
const OBJECT_BYTES = 250;

export interface EventRow {
  readonly seq: number;
  readonly time: number;
  readonly event_group: number;
  readonly shape: number;
  readonly template: number | null;
  readonly object: number;
  readonly epoch: number;
  readonly resource_version: number;
  /** See {@link UID_TEXT}. */
  readonly uid: string;
  readonly body: Buffer;
  /** How many it adds. */
  readonly occurrences: number;
  /** When the first delete of the event after it was received. */
  readonly deleted_at: number | null;
}

export const EVENT_COLUMNS = `e.seq, e.time, event_group, shape, template, object, e.epoch, e.resource_version,
  ${UID_TEXT} as uid, body, occurrences,
  (select received_at from event_deletion d
   where d.object = e.object and d.uid = e.uid and (d.epoch, d.resource_version) > (e.epoch, e.resource_version)
   order by d.epoch, d.resource_version limit 1) as deleted_at`;

interface InvolvedObject {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** As it is remembered: with the text that it was read as, since one that is put together takes six times as much. */
interface RememberedObject extends Omit<InvolvedObject, 'uid'> {
  /** See {@link UID_TEXT}. */
  readonly uidText: string | null;
}

/** Kind and namespace are ids of strings, of which there are few: they are known more often than not. */
interface ObjectRow {
  readonly kind: number;
  readonly namespace: number;
  readonly name: string;
  readonly uidText: string | null;
}

interface ValueRow {
  readonly value: string;
}

export class RowReader {
  readonly #groups: GroupReader;
  readonly #shapes: DictionaryReader<ValueRow, Shape>;
  readonly #objects: DictionaryReader<ObjectRow, RememberedObject>;
  readonly #owners: OwnerReader;
  readonly #templates: DictionaryReader<ValueRow, readonly string[]>;
  readonly #dictionary: DecodeDictionary;

  constructor(db: Database, groups: GroupReader) {
    const strings = new DictionaryReader<ValueRow, string>(db, {
      table: 'string',
      columns: 'value',
      parse: ({ value }) => value,
      cacheBytes: READ_CACHE_BYTES.strings,
      sizeOf: bytesOfEntry,
    });
    this.#groups = groups;
    this.#owners = new OwnerReader(db);
    this.#templates = new DictionaryReader(db, {
      table: 'template',
      columns: 'value',
      parse: ({ value }) => partsOf(value),
      cacheBytes: READ_CACHE_BYTES.templates,
      sizeOf: (parts) => parts.reduce((sum, part) => sum + bytesOfEntry(part), 0),
    });
    this.#shapes = new DictionaryReader(db, {
      table: 'shape',
      columns: 'value',
      parse: ({ value }) => parseShape(value),
      cacheBytes: READ_CACHE_BYTES.shapes,
      sizeOf: () => SHAPE_BYTES,
    });
    this.#objects = new DictionaryReader(db, {
      table: 'object',
      columns: `kind, namespace, name, ${UID_TEXT} as uidText`,
      parse: ({ kind, namespace, name, uidText }) => ({
        kind: strings.value(kind),
        namespace: strings.value(namespace),
        name,
        uidText,
      }),
      cacheBytes: READ_CACHE_BYTES.objects,
      sizeOf: () => OBJECT_BYTES,
    });
    this.#dictionary = { string: (id) => strings.value(id), template: (id) => this.#templates.value(id) };
  }

  /** A page of rows, what they refer to read together. */
  storedEvents(rows: readonly EventRow[]): StoredEvent[] {
    this.#groups.prefetch(rows);
    this.#shapes.prefetch(rows.map(({ shape }) => shape));
    this.prefetchObjects(rows);
    this.#templates.prefetch(rows.flatMap(({ template }) => template ?? []));
    return rows.map((row) => this.storedEvent(row));
  }

  /** Reads what may have changed since the transaction before: names of clusters, and owners. */
  refresh(): void {
    this.#groups.refresh();
    this.#owners.refresh();
  }

  /** With its owners, where they are remembered. */
  object(id: number): NamedObject & InvolvedObject {
    const owners = this.#owners.of(id);
    const { uidText, ...named } = this.#objects.value(id);
    return { ...named, uid: objectUidOf(uidText), ...(owners && { owners }) };
  }

  /** Those of some rows, together. */
  prefetchObjects(rows: readonly { readonly object: number }[]): void {
    const ids = rows.map(({ object }) => object);
    this.#objects.prefetch(ids);
    this.#owners.prefetch(ids);
  }

  record(row: EventRow): EventRecord {
    const shape = this.#shapes.value(row.shape);
    const object = this.#objects.value(row.object);
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
          uid: uidOfText(row.uid),
          namespace: group.namespace,
          type: group.type,
          reason: group.reason,
          kind: object.kind,
          objectNamespace: object.namespace,
          objectName: object.name,
          objectUid: objectUidOf(object.uidText),
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
    const owners = this.#owners.of(row.object);
    return {
      ...record,
      occurrences: row.occurrences,
      firstSeen: firstSeen(body) ?? time,
      ...(row.deleted_at !== null && { deletedAt: row.deleted_at }),
      ...(owners && { owners }),
    };
  }
}

function objectUidOf(uidText: string | null): string {
  return uidText === null ? '' : uidOfText(uidText);
}
