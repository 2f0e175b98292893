/**
 * Watchers that see the same and are as far follow together: what was committed is looked at, read and encoded once for
 * all of them. Who takes nothing more for now, or fell behind, goes on alone.
 */
import type { EventFeed } from './event-feed.ts';
import type { EventsView } from './events-view.ts';

export interface Follower {
  /** False when it takes no more for now. */
  write(frames: string | Buffer): boolean;
  /** It follows no more: it is as far as the view, and may come back. */
  release(view: EventsView): void;
  /** It follows no more, since nobody can. */
  fail(error: unknown): void;
}

/** By what they see: those whom others join. */
const FOLLOWINGS = new WeakMap<EventFeed, Map<string, Following>>();

/** Returns how to leave. The view is as far as what is stored. */
export function follow(view: EventsView, follower: Follower): () => void {
  const { feed } = view.request;
  const known = FOLLOWINGS.get(feed) ?? new Map<string, Following>();
  FOLLOWINGS.set(feed, known);
  const member: Member = { follower, following: undefined };
  const found = known.get(view.key);
  if (found?.takes(view)) found.add(member);
  else new Following(view, known).begin(member);
  return () => member.following?.remove(member);
}

interface Member {
  readonly follower: Follower;
  following: Following | undefined;
}

class Following {
  readonly #view: EventsView;
  readonly #known: Map<string, Following>;
  readonly #members = new Set<Member>();
  readonly #slow = new Set<Member>();
  #stop: (() => void) | undefined;
  #isBusy = false;
  /** While it was busy. */
  #isCalled = false;

  constructor(view: EventsView, known: Map<string, Following>) {
    this.#view = view;
    this.#known = known;
  }

  begin(first: Member): void {
    this.add(first);
    this.#stop = this.#view.request.feed.watch(() => this.#called());
    // Something may have been committed before it was watched.
    this.#called();
  }

  /** Whether who sees the same and is as far as the view may join. */
  takes({ told }: EventsView): boolean {
    const { version, start, hasColumns } = this.#view.told;
    return !this.#isBusy && version === told.version && start === told.start && hasColumns === told.hasColumns;
  }

  add(member: Member): void {
    this.#members.add(member);
    member.following = this;
  }

  remove(member: Member): void {
    this.#members.delete(member);
    this.#slow.delete(member);
    member.following = undefined;
    if (this.#members.size === 0) this.#end();
  }

  #called(): void {
    this.#isCalled = true;
    if (this.#isBusy) return;
    const { request } = this.#view;
    const news = request.feed.news(request.cluster.name);
    if (news && this.#view.isUnconcerned(news)) {
      this.#isCalled = false;
      this.#view.told = { version: news.upTo };
    } else void this.#tellAll();
  }

  async #tellAll(): Promise<void> {
    this.#isBusy = true;
    try {
      while (this.#isCalled && this.#members.size > 0) {
        this.#isCalled = false;
        await this.#tell();
      }
    } catch (error) {
      this.#dismiss(this.#members, ({ follower }) => follower.fail(error));
    }
    this.#isBusy = false;
    this.#join();
  }

  async #tell(): Promise<void> {
    const { feed } = this.#view.request;
    if (!this.#view.isRecent) {
      this.#dismiss(this.#members, ({ follower }) => follower.release(this.#view));
      return;
    }
    for await (const frames of this.#view.left()) this.#send(frames);
    const clusters = await feed.called();
    for (;;) {
      const frames = await this.#view.changes(clusters);
      if (frames === undefined) break;
      this.#send(frames);
      this.#releaseSlow();
    }
    const bookmark = this.#view.dueBookmark();
    if (bookmark !== undefined) this.#send(bookmark);
    this.#releaseSlow();
  }

  #send(frames: string | Buffer): void {
    if (frames.length === 0) return;
    for (const member of this.#members) if (!member.follower.write(frames)) this.#slow.add(member);
  }

  /** Where everything that the view was told has been written. */
  #releaseSlow(): void {
    this.#dismiss(this.#slow, ({ follower }) => follower.release(this.#view));
  }

  #dismiss(members: ReadonlySet<Member>, tell: (member: Member) => void): void {
    for (const member of members) {
      this.remove(member);
      tell(member);
    }
  }

  /** Those who began apart come together when they are as far. */
  #join(): void {
    if (this.#members.size === 0) return;
    const other = this.#known.get(this.#view.key);
    if (!other) this.#known.set(this.#view.key, this);
    else if (other !== this && other.takes(this.#view)) {
      for (const member of this.#members) other.add(member);
      this.#members.clear();
      this.#end();
    }
  }

  #end(): void {
    this.#stop?.();
    if (this.#known.get(this.#view.key) === this) this.#known.delete(this.#view.key);
  }
}
