/** Revisions and deletes between two resourceVersions, a page at a time. Inside an open read transaction. */
import type { EventChange } from '../../component/event-versions.ts';
import type { EventRow, RowReader } from './row-reader.ts';
import { storedUidOfText } from './uuid.ts';
import type { DeletionPlace, DeletionRow, VersionRow, VersionRows } from './version-rows.ts';

/** Of each kind. */
const PAGE_ROWS = 500;

/** Behind which they go on. */
export interface ChangesPlace {
  readonly revision: readonly [resourceVersion: number, seq: number];
  readonly deletion: DeletionPlace;
}

/** Whose changes are told. */
interface NewestEpoch {
  readonly epoch: number;
  readonly hasRow: (row: EventRow) => boolean;
}

interface ChangesPage {
  readonly changes: readonly EventChange[];
  /** Absent after the last page. */
  readonly next?: ChangesPlace;
}

export class VersionChanges {
  readonly #statements: VersionRows;
  readonly #rows: RowReader;

  constructor(statements: VersionRows, rows: RowReader) {
    this.#statements = statements;
    this.#rows = rows;
  }

  /** By resourceVersion: no farther than both kinds were read. */
  page({ epoch, hasRow }: NewestEpoch, from: ChangesPlace, upTo: number): ChangesPage {
    const read = {
      revisions: this.#statements.byVersion.all(...from.revision, upTo, PAGE_ROWS),
      deletions: this.#statements.deletions.all(...from.deletion, upTo, PAGE_ROWS),
    };
    const reached = Math.min(reachedBy(read.revisions), reachedBy(read.deletions));
    const revisions = read.revisions.filter((row) => row.resource_version <= reached);
    const deletions = read.deletions.filter((row) => row.resource_version <= reached);
    const changes = [
      ...revisions.filter((row) => row.epoch === epoch && hasRow(row)).map((row) => this.#revision(row)),
      ...deletions.filter((row) => row.epoch === epoch).flatMap((row) => this.#deletion(row, hasRow)),
    ];
    changes.sort((a, b) => a.resourceVersion - b.resourceVersion);
    if (reached === Number.POSITIVE_INFINITY) return { changes };
    const [revision, deletion] = [revisions.at(-1), deletions.at(-1)];
    const next = {
      revision: revision ? ([revision.resource_version, revision.seq] as const) : from.revision,
      deletion: deletion ? placeOf(deletion) : from.deletion,
    };
    return { changes, next };
  }

  #revision(row: VersionRow): EventChange {
    const before = row.latest === null ? undefined : this.#before({ ...row, uid: storedUidOfText(row.uid) });
    return {
      resourceVersion: row.resource_version,
      event: this.#rows.storedEvent(row),
      ...(before && { before: this.#rows.storedEvent(before) }),
    };
  }

  /** Of an event that is not stored there is nothing to tell. */
  #deletion(row: DeletionRow, hasRow: NewestEpoch['hasRow']): EventChange[] {
    const before = this.#before(row);
    if (!before || !hasRow(before)) return [];
    return [{ resourceVersion: row.resource_version, before: this.#rows.storedEvent(before) }];
  }

  /** What the event was until this version. */
  #before({ object, uid, epoch, resource_version: version }: DeletionRow): EventRow | undefined {
    const row = this.#statements.before.get(object, uid, uid, epoch, version);
    return row && !this.#statements.isDeleted(row, epoch, version - 1) ? row : undefined;
  }
}

/** Up to which version the rows of a page are all there are. */
function reachedBy(rows: readonly { readonly resource_version: number }[]): number {
  return rows.length < PAGE_ROWS ? Number.POSITIVE_INFINITY : (rows.at(-1)?.resource_version ?? 0);
}

function placeOf({ resource_version: resourceVersion, object, uid, epoch }: DeletionRow): DeletionPlace {
  return [resourceVersion, object, uid, epoch];
}
