-- A small store of schema version 5, as `sqlite3 tidings.db .dump` prints it. Never changed: it is what version 5 wrote.
BEGIN TRANSACTION;
CREATE TABLE cluster (id integer primary key, name text not null unique, uid text unique, epoch integer not null);
INSERT INTO cluster VALUES(1,'prod','prod-uid',1);
INSERT INTO cluster VALUES(2,'test',NULL,2);
CREATE TABLE consumer (name text primary key, seq integer not null) without rowid;
INSERT INTO consumer VALUES('sink',1);
CREATE TABLE event (
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
INSERT INTO event VALUES(1,1767322800000,1,1,NULL,1,1,10,NULL,1,1,X'00000001000040008000000000000000',X'80f4ee06f3aab688030000000106604261636b2d6f66662072657374617274696e67206661696c656420636f6e7461696e65722061707020696e20706f64207765622d315f73686f702830303030313030312d303030302d343030302d383030302d30303030303030303030303029066e6f64652d31');
INSERT INTO event VALUES(2,1767322800000,1,2,1,2,1,11,NULL,1,1,X'00000002000040008000000000000000',X'80f4ee06f3aab68803000000020800001002000040008000000000000000066e6f64652d32');
INSERT INTO event VALUES(3,1767326800000,1,3,1,1,1,12,1,5,4,X'00000001000040008000000000000000',X'80d08603b9b9b6880300000001c13e0a0000100100004000800000000000000003c13e05');
INSERT INTO event VALUES(4,1767323045000,2,4,NULL,3,2,13,NULL,1,1,'ODD',X'91f41d036f646400067b226d65746164617461223a7b227265736f7572636556657273696f6e223a22303133222c226c6162656c73223a7b2261223a2262227d7d2c226e6f7465223a7b226f66223a5b2261222c226c61746572222c2276657273696f6e225d7d7d');
CREATE TABLE event_group (
    id integer primary key autoincrement,
    cluster integer not null,
    namespace text not null,
    type text not null,
    reason text not null,
    kind text not null,
    newest_day integer not null,
    unique (cluster, namespace, type, reason, kind)
  );
INSERT INTO event_group VALUES(1,1,'shop','Warning','BackOff','Pod',20455);
INSERT INTO event_group VALUES(2,2,'','','','',20455);
CREATE TABLE hourly (
    hour integer not null,
    event_group integer not null,
    revisions integer not null,
    occurrences integer not null,
    primary key (hour, event_group)
  ) without rowid;
INSERT INTO hourly VALUES(490923,1,2,2);
CREATE TABLE interruption (
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
INSERT INTO interruption VALUES(1,'*',1767322800002,'stopped',1767322800003,1,'revisions',NULL);
CREATE TABLE object (
    id integer primary key autoincrement,
    cluster integer not null,
    kind integer not null,
    namespace integer not null,
    name text not null,
    uid
  );
INSERT INTO object VALUES(1,1,1,2,'web-1',X'00001001000040008000000000000000');
INSERT INTO object VALUES(2,1,1,2,'web-2',X'00001002000040008000000000000000');
INSERT INTO object VALUES(3,2,4,4,'',NULL);
CREATE TABLE observed (
    cluster integer not null,
    scope text not null,
    start_ms integer not null,
    end_ms integer not null,
    primary key (cluster, scope, start_ms)
  ) without rowid;
INSERT INTO observed VALUES(1,'*',1767322800000,1767322800002);
INSERT INTO observed VALUES(1,'*',1767322800003,1767322800009);
CREATE TABLE position (
    cluster integer not null,
    scope text not null,
    epoch integer not null,
    resource_version text not null,
    primary key (cluster, scope)
  ) without rowid;
INSERT INTO position VALUES(1,'*',1,'12');
CREATE TABLE series (
    id integer primary key,
    latest integer not null,
    epoch integer not null,
    resource_version integer not null,
    time integer not null,
    revisions integer not null
  );
INSERT INTO series VALUES(1,3,1,12,1767326800000,2);
CREATE TABLE shape (id integer primary key autoincrement, value text not null unique, newest_day integer not null);
INSERT INTO shape VALUES(1,'w+ooo-hsss=sssscncsici==1s0--c=v1spec.containers{app}kubeletkubelet*',20455);
INSERT INTO shape VALUES(2,'w+ooo-hsss=sssscncstci==1s0--c=v1spec.containers{app}kubeletkubelet*',20455);
INSERT INTO shape VALUES(3,'w+ooo-hsssssssscncstcds=ns0--c=v1spec.containers{app}kubeletkubelet*',20455);
INSERT INTO shape VALUES(4,'l-oo--i-sx--------------u----shop',20455);
CREATE TABLE store (
    log_id text not null,
    last_seq integer not null,
    truncated_seq integer not null,
    revisions integer not null,
    expired_before integer not null,
    swept_day integer not null
  );
INSERT INTO store VALUES('dfc12e7e',4,0,4,-9007199254740991,0);
CREATE TABLE string (id integer primary key autoincrement, value text not null unique, newest_day integer not null);
INSERT INTO string VALUES(1,'Pod',20455);
INSERT INTO string VALUES(2,'shop',20455);
INSERT INTO string VALUES(3,'node-1',20455);
INSERT INTO string VALUES(4,'',20455);
CREATE TABLE template (id integer primary key autoincrement, value text not null unique, newest_day integer not null);
INSERT INTO template VALUES(1,'Back-off restarting failed container app in pod _shop()',20455);
CREATE TABLE dead_letter (
    id integer primary key autoincrement,
    sink text not null,
    key text not null,
    at integer not null,
    reason text not null,
    problem text not null,
    record text not null,
    unique (sink, key)
  );
CREATE TABLE paused_sink (name text primary key) without rowid;
INSERT INTO paused_sink VALUES('sink');
CREATE TABLE delivery_gap (id integer primary key, sink text not null, records integer not null, at integer not null);
INSERT INTO delivery_gap VALUES(1,'sink',3,1767323045000);
CREATE TABLE topic_offset (
    topic text not null,
    partition integer not null,
    next integer not null,
    primary key (topic, partition)
  ) without rowid;
INSERT INTO topic_offset VALUES('events',2,40);
CREATE TABLE event_deletion (
    object integer not null,
    uid not null,
    epoch integer not null,
    resource_version integer not null,
    received_at integer not null,
    primary key (object, uid, epoch, resource_version)
  ) without rowid;
INSERT INTO event_deletion VALUES(2,X'00000002000040008000000000000000',1,14,1767322800009);
CREATE TABLE word_index (indexed_seq integer not null);
INSERT INTO word_index VALUES(0);
CREATE TABLE word_block (block integer primary key, first_time integer not null, last_time integer not null);
CREATE TABLE event_class (
    id integer primary key,
    cluster integer not null,
    type text not null,
    reason text not null,
    kind text not null,
    unique (cluster, type, reason, kind)
  );
INSERT INTO event_class VALUES(1,1,'Warning','BackOff','Pod');
INSERT INTO event_class VALUES(2,2,'','','');
CREATE TABLE group_class (event_group integer primary key, class integer not null);
INSERT INTO group_class VALUES(1,1);
INSERT INTO group_class VALUES(2,2);
CREATE TABLE hourly_class (
    hour integer not null,
    class integer not null,
    revisions integer not null,
    occurrences integer not null,
    primary key (hour, class)
  ) without rowid;
INSERT INTO hourly_class VALUES(490923,1,2,2);
CREATE TABLE object_owner (
    id integer primary key autoincrement,
    object integer not null,
    place integer not null,
    kind text not null,
    name text not null,
    unique (object, place)
  );
INSERT INTO object_owner VALUES(1,1,0,'ReplicaSet','web-5d4f8c7b9x');
INSERT INTO object_owner VALUES(2,1,1,'Deployment','web');
CREATE TABLE rollup (counted_seq integer not null);
INSERT INTO rollup VALUES(2);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('string',4);
INSERT INTO sqlite_sequence VALUES('shape',4);
INSERT INTO sqlite_sequence VALUES('template',1);
INSERT INTO sqlite_sequence VALUES('event_group',2);
INSERT INTO sqlite_sequence VALUES('object',3);
INSERT INTO sqlite_sequence VALUES('object_owner',2);
CREATE INDEX object_name on object (name, namespace);
CREATE INDEX event_time on event (time, epoch, resource_version);
CREATE INDEX event_revision on event (object, substr(uid, 1, 2), epoch, resource_version);
CREATE INDEX event_version on event (resource_version);
CREATE INDEX event_deletion_version on event_deletion (resource_version);
CREATE INDEX object_owner_name on object_owner (name, object);
CREATE TRIGGER group_deleted after delete on event_group begin
    delete from group_class where event_group = old.id;
  end;
CREATE TRIGGER object_deleted after delete on object begin
    delete from object_owner where object = old.id;
  end;
COMMIT;
