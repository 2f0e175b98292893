/**
 * The newest resourceVersion of each cluster among what was read from topics, where no position says it. The log is looked
 * at once; then only what has come since.
 */
import { setImmediate } from 'node:timers/promises';
import type { Database, Statement } from 'better-sqlite3';
import type { GroupReader } from './group-reader.ts';

/** Looked at in one go. */
const PAGE_ROWS = 5_000;

interface LogRow {
  readonly seq: number;
  readonly epoch: number;
  readonly resource_version: number;
  readonly event_group: number;
}

export interface NewestVersion {
  readonly epoch: number;
  readonly resourceVersion: number;
}

export class NewestVersions {
  readonly #groups: GroupReader;
  readonly #fromTopics: Statement<[], { readonly found: 0 | 1 }>;
  readonly #behind: Statement<[seq: number, limit: number], LogRow>;
  readonly #newest = new Map<string, NewestVersion>();
  #seq = -1;
  #reading: Promise<void> | undefined;

  constructor(db: Database, groups: GroupReader) {
    this.#groups = groups;
    this.#fromTopics = db.prepare('select exists (select 1 from topic_offset) as found');
    this.#behind = db.prepare(
      'select seq, epoch, resource_version, event_group from event where seq > ? order by seq limit ?',
    );
  }

  /** By cluster; empty while nothing was read from a topic. Each step reads the store by `snapshot`. */
  async read(snapshot: <T>(read: () => T) => T): Promise<ReadonlyMap<string, NewestVersion>> {
    if (snapshot(() => this.#fromTopics.get())?.found !== 1) return new Map();
    // Those who ask meanwhile get what is there by then.
    this.#reading ??= this.#readOn(snapshot).finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
    return this.#newest;
  }

  async #readOn(snapshot: <T>(read: () => T) => T): Promise<void> {
    for (;;) {
      const rows = snapshot(() => {
        const page = this.#behind.all(this.#seq, PAGE_ROWS);
        this.#groups.refresh();
        this.#groups.prefetch(page);
        for (const row of page) this.#learn(this.#groups.get(row.event_group).cluster, row);
        return page;
      });
      this.#seq = rows.at(-1)?.seq ?? this.#seq;
      if (rows.length < PAGE_ROWS) return;
      await setImmediate();
    }
  }

  #learn(cluster: string, { epoch, resource_version: resourceVersion }: LogRow): void {
    const known = this.#newest.get(cluster);
    const isNewer = !known || (epoch - known.epoch || resourceVersion - known.resourceVersion) > 0;
    if (isNewer) this.#newest.set(cluster, { epoch, resourceVersion });
  }
}
