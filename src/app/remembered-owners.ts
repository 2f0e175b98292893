/** Has the history remember who owns the objects that are looked up: its workloads are then told by that. */
import type { OwnedObject } from '../component/history.ts';
import type { InvolvedObject } from '../component/message.ts';
import type { ObjectLookup } from '../component/object-lookup.ts';
import { messageOf } from '../core/errors.ts';
import type { EventRecord } from '../core/record.ts';
import { ownershipOf } from '../core/workload.ts';
import type { Logger } from '../telemetry/log.ts';
import { LruMap } from '../util/lru-map.ts';

export interface RememberedOwnersOptions {
  readonly objects: ObjectLookup;
  /** In the background, however long it takes. */
  readonly addOwners: (objects: readonly OwnedObject[]) => Promise<void>;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Objects whose owners are not written again while nothing about them changes. */
const REMEMBERED = 10_000;

export class RememberedOwners implements ObjectLookup {
  readonly #options: RememberedOwnersOptions;
  /** By object, the names of its owners. */
  readonly #known = new LruMap<string, string>(REMEMBERED);

  constructor(options: RememberedOwnersOptions) {
    this.#options = options;
  }

  async lookUp(records: readonly EventRecord[]): Promise<readonly (InvolvedObject | undefined)[]> {
    const found = await this.#options.objects.lookUp(records);
    const news = new Map<string, OwnedObject>();
    for (const [index, record] of records.entries()) {
      const owned = ownedOf(record, found[index]);
      if (owned) this.#add(owned, news);
    }
    if (news.size > 0) void this.#write(news);
    return found;
  }

  close(): Promise<void> {
    return this.#options.objects.close();
  }

  #add(owned: OwnedObject, news: Map<string, OwnedObject>): void {
    const { cluster, kind, namespace, name, uid, owners } = owned;
    const key = [cluster, kind, namespace, name, uid].join('\n');
    const names = owners.map((owner) => `${owner.kind}/${owner.name}`).join('\n');
    if (this.#known.get(key) === names) return;
    this.#known.set(key, names);
    news.set(key, owned);
  }

  async #write(news: ReadonlyMap<string, OwnedObject>): Promise<void> {
    try {
      await this.#options.addOwners([...news.values()]);
    } catch (error) {
      // They are found again with the next event about each.
      for (const key of news.keys()) this.#known.delete(key);
      this.#options.logger.warn({ problem: messageOf(error) }, 'cannot remember who owns objects');
    }
  }
}

/** Undefined where that says no more than the names do. */
function ownedOf({ cluster, subject }: EventRecord, object: InvolvedObject | undefined): OwnedObject | undefined {
  if (!object) return undefined;
  const { kind = '', namespace = '', name = '', uid } = subject;
  // An event may say anything; and one that leaves it open may mean any of those that had the name.
  if (typeof uid !== 'string' || uid === '') return undefined;
  const owners = object.owners.filter(({ controller }) => controller).map(({ kind, name }) => ({ kind, name }));
  // Of what is gone it may be that nothing is known.
  const isNobodys = owners.length === 0 && !object.deleted && ownershipOf({ kind, namespace, name }).chain.length > 1;
  return owners.length > 0 || isNobodys ? { cluster, kind, namespace, name, uid, owners } : undefined;
}
