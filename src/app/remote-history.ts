/** What a Tidings elsewhere has stored, as the store itself would give it. */
import type { EventQuery, EventsOptions, StoredEvent } from '../component/history.ts';
import type { Cursor } from '../component/log.ts';
import type { Break, Interval, ScopeCoverage } from '../core/coverage.ts';
import { AppError } from '../core/errors.ts';
import { storedEventOf } from '../formats/stored-event.ts';
import { sleep } from '../util/sleep.ts';
import type { ConnectedTidings } from './connect-tidings.ts';
import { RemoteFailure } from './remote-failure.ts';

/** A query whose filter is also there as it was written: in CEL, in the short form. */
export interface WrittenQuery extends EventQuery {
  readonly written?: { readonly filter?: string; readonly search?: string };
}

/** What was committed, and whether that is everything committed by then. */
export interface Followed {
  readonly events: readonly StoredEvent[];
  readonly caughtUp: boolean;
}

/** Read at a time, and held in memory. */
const PAGE_EVENTS = 2_000;
const RETRY_MS = 1_000;
/** Of four digits, as RFC 3339 has them. */
const LAST_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

type Client = ConnectedTidings['client'];
type ExportParameters = NonNullable<Parameters<Client['export']>[0]>;
type Refused = NonNullable<Awaited<ReturnType<Client['ledger']>>['data']['refused']>;

export class RemoteHistory {
  readonly #connected: ConnectedTidings;
  readonly #onRemark: (remark: string) => void;
  readonly #remarks = new Set<string>();

  /** `onRemark` is told, once, what is left out of the answers. */
  constructor(connected: ConnectedTidings, onRemark: (remark: string) => void) {
    this.#connected = connected;
    this.#onRemark = onRemark;
  }

  async *events(query: WrittenQuery, { revisions = false, order, limit }: EventsOptions): AsyncGenerator<StoredEvent> {
    const { since = 0, until = LAST_INSTANT } = query;
    if (since > until) return;
    let left = limit ?? Number.MAX_SAFE_INTEGER;
    let cursor: string | undefined;
    do {
      const { events, next } = await this.#page({
        ...scopeOf(query),
        ...filtersOf(query),
        from: printed(since),
        to: printed(until),
        revisions,
        order,
        limit: Math.min(left, PAGE_EVENTS),
        ...(cursor !== undefined && { cursor }),
      });
      yield* events;
      left -= events.length;
      cursor = next;
    } while (cursor !== undefined && left > 0);
  }

  async coverage(
    { from, to }: Interval,
    { clusters, namespaces }: Pick<EventQuery, 'clusters' | 'namespaces'>,
  ): Promise<readonly ScopeCoverage[]> {
    // Of all clusters, since a name that is mistaken is answered with those that there are.
    const { data } = await this.#connected.client.ledger({
      ...scopeOf({ ...(namespaces && { namespaces }) }),
      from: printed(Math.min(from, to)),
      to: printed(to),
    });
    this.#tellRefused(data.refused?.filter(({ cluster }) => clusters?.includes(cluster) ?? true));
    return data.scopes.map(({ cluster, scope, observed, breaks }) => ({
      cluster,
      scope,
      intervals: observed.map(instantsOf),
      // The same program wrote it: its word is taken for causes.
      breaks: breaks.map((one) => ({ ...one, ...instantsOf(one) }) as Break),
    }));
  }

  /** Where to follow from. */
  async end(query: WrittenQuery): Promise<Cursor> {
    for await (const { id } of this.#connected.client.stream(scopeOf(query))) return id;
    throw brokenOff();
  }

  /** Page by page, until the signal is aborted; a connection that is lost is made anew. */
  async *follow(from: Cursor, query: WrittenQuery, signal: AbortSignal): AsyncGenerator<Followed> {
    let cursor = from;
    let isLost = false;
    while (!signal.aborted) {
      try {
        const parameters = { ...scopeOf(query), ...writtenOf(query), format: 'records', cursor } as const;
        for await (const { event, id, data } of this.#connected.client.stream(parameters, { signal })) {
          cursor = id;
          isLost = false;
          if (event === 'records') yield { events: (data as readonly object[]).map(storedEventOf), caughtUp: false };
          if (event === 'gap') this.#tell(`some of what was stored is not printed: ${(data as Gap).detail}`);
        }
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof RemoteFailure && error.mayPass)) throw error;
        if (!isLost) this.#onRemark(`${error.message}; trying again`);
        isLost = true;
      }
      await sleep(RETRY_MS, signal);
    }
  }

  close(): Promise<void> {
    return this.#connected.close();
  }

  async #page(parameters: ExportParameters): Promise<{ events: StoredEvent[]; next: string | undefined }> {
    const events: StoredEvent[] = [];
    for await (const line of this.#connected.client.export(parameters)) {
      if (line.kind === 'EventRecord') {
        events.push(storedEventOf(line));
        continue;
      }
      this.#tellRefused(line.refused);
      if (line.unevaluated) this.#tellUnevaluated(line.unevaluated.detail);
      return { events, next: line.next };
    }
    throw brokenOff();
  }

  #tellRefused(refused: Refused = []): void {
    for (const { cluster, namespace, detail } of refused) {
      this.#tell(`not shown of ${cluster}${namespace === undefined ? '' : `/${namespace}`}: ${detail}`);
    }
  }

  #tellUnevaluated(detail: string): void {
    this.#tell(`events of which the filter cannot be evaluated are left out: ${detail.split('\n', 1)[0]}`);
  }

  #tell(remark: string): void {
    if (!this.#remarks.has(remark)) this.#onRemark(remark);
    this.#remarks.add(remark);
  }
}

interface Gap {
  readonly detail: string;
}

function scopeOf({ clusters, namespaces }: WrittenQuery) {
  return { ...(clusters && { cluster: [...clusters] }), ...(namespaces && { namespace: [...namespaces] }) };
}

function filtersOf({ types, reasons, object, ...query }: WrittenQuery) {
  return {
    ...(types && { type: [...types] }),
    ...(reasons && { reason: [...reasons] }),
    ...(object && { object: `${object.kind ?? ''}/${object.name}` }),
    ...writtenOf(query),
  };
}

function writtenOf({ written: { filter, search } = {} }: WrittenQuery) {
  return { ...(filter !== undefined && { cel: filter }), ...(search !== undefined && { q: search }) };
}

function printed(instant: number): string {
  return new Date(Math.min(Math.max(0, instant), LAST_INSTANT)).toISOString();
}

function instantsOf({ from, to }: { readonly from: string; readonly to: string }): Interval {
  return { from: Date.parse(from), to: Date.parse(to) };
}

function brokenOff(): AppError {
  return new AppError('REMOTE_FAILED', 'read events: the answer ended early, as when Tidings is stopped');
}
