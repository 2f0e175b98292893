/** What was written through the proxy of late: reads that come through it too have to be as new. */

export interface WantedVersion {
  /** Infinite while it is not known. */
  readonly version: number;
  /** When it was written, by performance.now. */
  readonly at: number;
}

interface Mark extends WantedVersion {
  /** Of so many writes the version is not known yet. */
  readonly unknown: number;
}

const NAMESPACES = 1_000;
/**
 * Longer than an idle watch takes to tell how far it is. Versions may also begin anew, when etcd is restored: then those
 * from before are never reached.
 */
const FORGOTTEN_AFTER_MS = 10 * 60_000;

export class RecentWrites {
  readonly #now: () => number;
  readonly #marks = new Map<string, Mark>();
  /** Of so many namespaces that they are not told apart any more. */
  #anywhere: WantedVersion | undefined;

  /** `now` in milliseconds, of a clock that nobody sets. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Something in the namespace has this version now; undefined: one that is not known yet, and is told by `known`. */
  wrote(namespace: string, version?: number): void {
    const { version: before = 0, unknown = 0 } = this.#marks.get(namespace) ?? {};
    this.#marks.set(namespace, {
      version: Math.max(version ?? 0, before),
      at: this.#now(),
      unknown: version === undefined ? unknown + 1 : unknown,
    });
    if (this.#marks.size <= NAMESPACES) return;
    this.#anywhere = newest([...this.#marks.values()].map(wantedOf), this.#anywhere);
    this.#marks.clear();
  }

  /** What was written when its version was not known is at or below this one. */
  known(namespace: string, version: number): void {
    const mark = this.#marks.get(namespace);
    if (!mark) return;
    const unknown = Math.max(0, mark.unknown - 1);
    this.#marks.set(namespace, { at: mark.at, version: Math.max(version, mark.version), unknown });
  }

  /** What a read of the namespace must have reached; without one, of all of them. */
  wanted(namespace: string | undefined): WantedVersion | undefined {
    this.#forget();
    const marks = namespace === undefined ? [...this.#marks.values()] : [this.#marks.get(namespace)];
    return newest(
      marks.map((mark) => mark && wantedOf(mark)),
      this.#anywhere,
    );
  }

  /** Reads of the namespace have reached this version; without one, those of all of them. */
  reached(namespace: string | undefined, version: number): void {
    const names = namespace === undefined ? [...this.#marks.keys()] : [namespace];
    for (const name of names) {
      const mark = this.#marks.get(name);
      if (mark && wantedOf(mark).version <= version) this.#marks.delete(name);
    }
    if (namespace === undefined && this.#anywhere && this.#anywhere.version <= version) this.#anywhere = undefined;
  }

  #forget(): void {
    const before = this.#now() - FORGOTTEN_AFTER_MS;
    for (const [name, { at }] of this.#marks) if (at < before) this.#marks.delete(name);
    if (this.#anywhere && this.#anywhere.at < before) this.#anywhere = undefined;
  }
}

function wantedOf({ version, at, unknown }: Mark): WantedVersion {
  return { version: unknown > 0 ? Number.POSITIVE_INFINITY : version, at };
}

function newest(
  marks: readonly (WantedVersion | undefined)[],
  more: WantedVersion | undefined,
): WantedVersion | undefined {
  return [...marks, more].reduce((one, other) => {
    if (!one || !other) return one ?? other;
    return { version: Math.max(one.version, other.version), at: Math.max(one.at, other.at) };
  }, undefined);
}
