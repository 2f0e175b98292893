/**
 * What a watcher sees, and how far it was told of it: turns what happened since into frames. It belongs to one watcher, or
 * to all that see the same and are as far.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
import type { ClusterVersions, EventChange } from '../../component/event-versions.ts';
import type { StoredEvent } from '../../component/history.ts';
import type { Event } from '../../core/event.ts';
import { StatusError } from '../status-error.ts';
import type { ChangePage, News } from './event-feed.ts';
import { type EventsRequest, isSelected, statesInTurns, storeQuery, windowStart } from './events-request.ts';
import { atVersion, bookmark, servedEvent, standalone } from './representation.ts';
import { servedVersion } from './served-version.ts';
import { NOT_LISTED, WATCH_EXPIRED } from './status.ts';

const BOOKMARK_MS = 60_000;
/** What leaves the window within so short a time is little, whoever looks at it. */
const SHARED_MS = 10_000;
/** Frames that are there together are written together. */
const WRITE_CHARACTERS = 64 * 1024;

type FrameType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';

/** What was encoded already, for as long as somebody holds what it was encoded from. */
const FRAMES = new WeakMap<StoredEvent, Map<string, string>>();
const TEXTS = new WeakMap<ChangePage, Map<string, Buffer>>();

/** How far somebody was told. */
interface Told {
  /** Everything up to it was sent. */
  readonly version: number;
  /** What was last seen before it was sent as gone. */
  readonly start: number;
  /** Of a table: once. */
  readonly hasColumns: boolean;
}

export class EventsView {
  /** The same for all that see the same. */
  readonly key: string;
  readonly #request: EventsRequest;
  readonly #now: () => number;
  readonly #shapeKey: string;
  /** The same for all that see the same changes alike, but for their windows. */
  readonly #changesKey: string;
  #told: Told;
  #bookmarked: { readonly at: number; readonly version: number };

  constructor(request: EventsRequest, now: () => number) {
    this.#request = request;
    this.#now = now;
    const { shape, namespace, options, cluster, windowMs, notBefore } = request;
    this.#shapeKey = JSON.stringify(shape);
    this.#changesKey = JSON.stringify([shape, namespace, options.selectors]);
    const window = [String(windowMs), notBefore, cluster.name, options.allowWatchBookmarks];
    this.key = `${JSON.stringify(window)} ${this.#changesKey}`;
    this.#told = { version: 0, start: Number.MIN_SAFE_INTEGER, hasColumns: shape.representation.as !== 'table' };
    this.#bookmarked = { at: now(), version: 0 };
  }

  get request(): EventsRequest {
    return this.#request;
  }

  begin(version: number, start: number): void {
    this.told = { version, start };
    this.#bookmarked = { at: this.#now(), version };
  }

  /** Goes on where somebody was told so far. */
  set told(told: Partial<Told>) {
    this.#told = { ...this.#told, ...told };
  }

  get told(): Told {
    return this.#told;
  }

  /** Whether nothing is to be told of what was committed last. Costs next to nothing: each is asked of each commit. */
  isUnconcerned(news: News): boolean {
    const { cluster, namespace } = this.#request;
    if (news.cluster.epoch !== cluster.epoch || news.after !== this.#told.version) return false;
    if (news.upTo !== servedVersion(news.cluster, namespace) || news.concerns(namespace)) return false;
    const now = this.#now();
    return this.#startAt(now) <= this.#told.start && !this.#isBookmarkDue(now);
  }

  /** Whether what has left the window meanwhile is little. */
  get isRecent(): boolean {
    return this.#startAt(this.#now()) - this.#told.start < SHARED_MS;
  }

  /** What was in the window at this version, and is not any more. */
  async *left(): AsyncGenerator<string> {
    const start = Math.max(this.#told.start, this.#startAt(this.#now()));
    const [since, until] = [this.#told.start, start - 1];
    this.told = { start };
    if (since > until) return;
    const { version } = this.#told;
    yield* this.#joined('DELETED', this.#lastSeen(since, until), version);
  }

  /** The next changes; undefined when there are none. Throws {@link StatusError} when the watch cannot go on. */
  async changes(clusters: readonly ClusterVersions[]): Promise<Buffer | undefined> {
    const { feed, namespace, cluster: began } = this.#request;
    const cluster = clusters.find(({ name }) => name === began.name);
    // Its versions cannot be compared any more.
    if (cluster?.epoch !== began.epoch) throw new StatusError(WATCH_EXPIRED);
    const served = servedVersion(cluster, namespace);
    if (served === undefined) throw new StatusError(NOT_LISTED);
    if (this.#told.version >= served) return undefined;
    const upTo = { cluster: cluster.name, resourceVersion: served, epoch: cluster.epoch };
    const page = await feed.page(upTo, this.#told.version);
    const text = this.#textOf(page);
    this.told = { version: page.reached };
    return text;
  }

  /** What there is at a version, for who begins. */
  state(): AsyncGenerator<string> {
    const { version, start } = this.#told;
    return this.#joined('ADDED', this.#at(version, { ...storeQuery(this.#request), since: start }));
  }

  bookmark(isFirst: boolean): string {
    const { version, hasColumns } = this.#told;
    this.#bookmarked = { at: this.#now(), version };
    return this.#encode('BOOKMARK', bookmark(version, isFirst), !hasColumns);
  }

  /** Undefined when none is due. */
  dueBookmark(): string | undefined {
    const { version } = this.#told;
    return this.#isBookmarkDue(this.#now()) && this.#bookmarked.version !== version ? this.bookmark(false) : undefined;
  }

  /** In whole seconds, so that those who watch the same begin their windows at the same instant. */
  #startAt(now: number): number {
    return windowStart(this.#request, now - (now % 1_000));
  }

  #isBookmarkDue(now: number): boolean {
    return this.#request.options.allowWatchBookmarks && now - this.#bookmarked.at >= BOOKMARK_MS;
  }

  /** The frames of a page of changes: one buffer for all who watch the same. */
  #textOf(page: ChangePage): Buffer {
    const texts = TEXTS.get(page) ?? new Map<string, Buffer>();
    TEXTS.set(page, texts);
    const { start, hasColumns } = this.#told;
    const key = `${start} ${hasColumns} ${this.#changesKey}`;
    let text = texts.get(key);
    if (!text) {
      text = Buffer.from(page.changes.map((change) => this.#changeFrame(change)).join(''));
      texts.set(key, text);
    }
    this.told = { hasColumns: hasColumns || text.length > 0 };
    return text;
  }

  /** Empty for what is not seen. */
  #changeFrame({ event, before, resourceVersion }: EventChange): string {
    const shown = before && this.#isVisible(before) ? before : undefined;
    if (event && this.#isVisible(event)) return this.#frame(shown ? 'MODIFIED' : 'ADDED', event);
    return shown ? this.#frame('DELETED', shown, resourceVersion) : '';
  }

  #isVisible(event: StoredEvent): boolean {
    return event.time >= this.#told.start && isSelected(this.#request, event);
  }

  /** Read once for all who have followed until now; by itself for who has been away. */
  async *#lastSeen(since: number, until: number): AsyncGenerator<readonly StoredEvent[]> {
    const { feed, cluster } = this.#request;
    const { version: resourceVersion } = this.#told;
    const version = { cluster: cluster.name, resourceVersion };
    if (until - since < SHARED_MS) yield await feed.lastSeen(version, since, until);
    else yield* this.#at(resourceVersion, { ...storeQuery(this.#request), since, until });
  }

  async *#at(resourceVersion: number, query: ReturnType<typeof storeQuery>): AsyncGenerator<readonly StoredEvent[]> {
    const { name: cluster } = this.#request.cluster;
    for await (const page of statesInTurns(this.#request, { cluster, resourceVersion, query })) {
      yield page.map(({ event }) => event);
    }
  }

  /** `endedAt`: the version of a DELETED. */
  async *#joined(
    type: FrameType,
    batches: AsyncIterable<readonly StoredEvent[]>,
    endedAt?: number,
  ): AsyncGenerator<string> {
    let text = '';
    for await (const events of batches) {
      for (const event of events) {
        if (!isSelected(this.#request, event)) continue;
        text += this.#frame(type, event, endedAt);
        if (text.length < WRITE_CHARACTERS) continue;
        yield text;
        text = '';
      }
    }
    if (text !== '') yield text;
  }

  /** Encoded once for all who watch the same shape: a change and what was before it belong to no other change. */
  #frame(type: FrameType, event: StoredEvent, endedAt?: number): string {
    const { shape } = this.#request;
    const withColumns = !this.#told.hasColumns;
    if (withColumns) this.told = { hasColumns: true };
    const key = `${type}${withColumns ? ' columns' : ''} ${this.#shapeKey}`;
    const frames = FRAMES.get(event) ?? new Map<string, string>();
    FRAMES.set(event, frames);
    let frame = frames.get(key);
    if (frame === undefined) {
      const served = servedEvent(event, shape.epoch);
      frame = this.#encode(type, endedAt === undefined ? served : atVersion(served, endedAt), withColumns);
      frames.set(key, frame);
    }
    return frame;
  }

  #encode(type: FrameType, event: Event, withColumns: boolean): string {
    const object = standalone(event, this.#request.shape, this.#now(), withColumns);
    return `${JSON.stringify({ type, object })}\n`;
  }
}
