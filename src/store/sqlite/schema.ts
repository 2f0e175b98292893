/**
 * The file's schema, one step a version. A step is never changed once it was released: what it made is in people's
 * files. `versions/version-N.sql` is a small store as version N wrote it; the test opens each of them.
 */
import type { Database } from 'better-sqlite3';

/** In the file's header (`tdng`), so that another program's database is told from a store. */
export const APPLICATION_ID = 0x7464_6e67;

const VERSION_1 = `
  -- One row: what the log and the history remember of themselves.
  create table store (
    log_id text not null,
    last_seq integer not null,
    truncated_seq integer not null,
    revisions integer not null,
    expired_before integer not null,
    swept_day integer not null
  );

  create table cluster (id integer primary key, name text not null unique, uid text unique, epoch integer not null);
  create table position (
    cluster integer not null,
    scope text not null,
    epoch integer not null,
    resource_version text not null,
    primary key (cluster, scope)
  ) without rowid;
  create table observed (
    cluster integer not null,
    scope text not null,
    start_ms integer not null,
    end_ms integer not null,
    primary key (cluster, scope, start_ms)
  ) without rowid;
  create table interruption (
    cluster integer not null,
    scope text not null,
    start_ms integer not null,
    cause text not null,
    end_ms integer not null,
    healed integer not null,
    unknown text not null,
    detail text,
    primary key (cluster, scope, start_ms, cause)
  ) without rowid;
  create table consumer (name text primary key, seq integer not null) without rowid;

  -- What repeats is stored once. newest_day: that of the newest event that uses it; when all events of that day are
  -- gone, nothing refers to it any more. Ids are never used again, so that readers may keep what they have read.
  create table string (id integer primary key autoincrement, value text not null unique, newest_day integer not null);
  create table shape (id integer primary key autoincrement, value text not null unique, newest_day integer not null);
  create table template (id integer primary key autoincrement, value text not null unique, newest_day integer not null);
  create table event_group (
    id integer primary key autoincrement,
    cluster integer not null,
    namespace text not null,
    type text not null,
    reason text not null,
    kind text not null,
    newest_day integer not null,
    unique (cluster, namespace, type, reason, kind)
  );
  -- One row an incarnation of an involved object. kind and namespace are strings' ids.
  create table object (
    id integer primary key autoincrement,
    cluster integer not null,
    kind integer not null,
    namespace integer not null,
    name text not null,
    uid
  );
  create index object_name on object (name, namespace);

  -- seq is the place in the log. epoch is its number in the cluster: almost always 1, which takes no room. series is the
  -- seq of the event's revision that was stored first, null on that row.
  create table event (
    seq integer primary key,
    time integer not null,
    event_group integer not null,
    shape integer not null,
    template integer,
    object integer not null,
    epoch integer not null,
    resource_version integer not null,
    series integer,
    count integer not null,
    occurrences integer not null,
    uid not null,
    body blob not null
  );
  create index event_time on event (time, epoch, resource_version);
  -- An event's revisions: two bytes of the uid are enough to tell the events of one object apart.
  create index event_revision on event (object, substr(uid, 1, 2), epoch, resource_version);
  -- Only for events with more than one revision. latest is the one with the greatest epoch and resourceVersion.
  create table series (
    id integer primary key,
    latest integer not null,
    epoch integer not null,
    resource_version integer not null,
    time integer not null,
    revisions integer not null
  );
  create table hourly (
    hour integer not null,
    event_group integer not null,
    revisions integer not null,
    occurrences integer not null,
    primary key (hour, event_group)
  ) without rowid;

  insert into store values (lower(hex(randomblob(4))), 0, 0, 0, -9007199254740991, 0);
`;

const VERSION_2 = `
  -- record is the record itself as JSON: a dead letter outlives what the log holds.
  create table dead_letter (
    id integer primary key autoincrement,
    sink text not null,
    key text not null,
    at integer not null,
    reason text not null,
    problem text not null,
    record text not null,
    unique (sink, key)
  );
  create table paused_sink (name text primary key) without rowid;
  create table delivery_gap (id integer primary key, sink text not null, records integer not null, at integer not null);
`;

const VERSION_3 = `
  create table topic_offset (
    topic text not null,
    partition integer not null,
    next integer not null,
    primary key (topic, partition)
  ) without rowid;
`;

const VERSION_4 = `
  -- What lies between two resourceVersions. They grow as events are stored, so entries are added at the end.
  create index event_version on event (resource_version);
`;

const VERSION_5 = `
  -- Events that were deleted on purpose, stored or not. The uid is that of the event.
  create table event_deletion (
    object integer not null,
    uid not null,
    epoch integer not null,
    resource_version integer not null,
    received_at integer not null,
    primary key (object, uid, epoch, resource_version)
  ) without rowid;
  create index event_deletion_version on event_deletion (resource_version);
`;

const VERSION_6 = `
  -- The words of messages, in a table for each million of seqs, words_N, made with the first of them. They are written
  -- some at a time: up to this seq all are.
  create table word_index (indexed_seq integer not null);
  insert into word_index values (0);
  -- When the events of 4,096 seqs were last seen, of those that are indexed.
  create table word_block (block integer primary key, first_time integer not null, last_time integer not null);
`;

const VERSION_7 = `
  -- Groups whatever their namespace, of which there are some tens, and what happened in them.
  create table event_class (
    id integer primary key,
    cluster integer not null,
    type text not null,
    reason text not null,
    kind text not null,
    unique (cluster, type, reason, kind)
  );
  create table group_class (event_group integer primary key, class integer not null);
  create trigger group_deleted after delete on event_group begin
    delete from group_class where event_group = old.id;
  end;
  create table hourly_class (
    hour integer not null,
    class integer not null,
    revisions integer not null,
    occurrences integer not null,
    primary key (hour, class)
  ) without rowid;
  insert into event_class (cluster, type, reason, kind) select distinct cluster, type, reason, kind from event_group;
  insert into group_class
    select event_group.id, event_class.id from event_group join event_class using (cluster, type, reason, kind);
  insert into hourly_class
    select hour, class, sum(revisions), sum(occurrences) from hourly join group_class using (event_group)
    group by hour, class;
`;

const VERSION_8 = `
  -- The controllers of involved objects, the nearest at place 0, where they were looked up; one without kind and name
  -- stands for nobody. Ids grow, so that readers find what they do not know yet.
  create table object_owner (
    id integer primary key autoincrement,
    object integer not null,
    place integer not null,
    kind text not null,
    name text not null,
    unique (object, place)
  );
  create index object_owner_name on object_owner (name, object);
  create trigger object_deleted after delete on object begin
    delete from object_owner where object = old.id;
  end;
`;

const VERSION_9 = `
  -- Hourly counts are written some at a time: up to this seq all are.
  create table rollup (counted_seq integer not null);
  insert into rollup select last_seq from store;
`;

/** Step N − 1 makes version N of version N − 1. */
const MIGRATIONS: readonly ((db: Database) => void)[] = [
  VERSION_1,
  VERSION_2,
  VERSION_3,
  VERSION_4,
  VERSION_5,
  VERSION_6,
  VERSION_7,
  VERSION_8,
  VERSION_9,
].map((version) => (db) => db.exec(version));

export const SCHEMA_VERSION = MIGRATIONS.length;

/** Brings the schema up to date, each step in one transaction together with its version. */
export function migrate(db: Database, fromVersion: number): void {
  for (const [index, step] of MIGRATIONS.entries()) {
    const version = index + 1;
    if (version <= fromVersion) continue;
    db.transaction(() => {
      step(db);
      db.pragma(`application_id = ${APPLICATION_ID}`);
      db.pragma(`user_version = ${version}`);
    }).immediate();
  }
}
