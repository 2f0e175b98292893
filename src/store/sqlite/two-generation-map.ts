/**
 * A bounded map that forgets what was not used lately: when the young generation is full it becomes the old one, and
 * what is found in the old one moves back. Between `capacity` and twice as much is remembered.
 */
export class TwoGenerationMap<K, V> {
  readonly #capacity: number;
  readonly #sizeOf: (key: K, value: V) => number;
  #young = new Map<K, V>();
  #old = new Map<K, V>();
  #size = 0;

  /** `sizeOf` answers in the unit of `capacity`. */
  constructor(capacity: number, sizeOf: (key: K, value: V) => number) {
    this.#capacity = capacity;
    this.#sizeOf = sizeOf;
  }

  get(key: K): V | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: K, value: V): void {
    this.grow(this.#sizeOf(key, value));
    this.#young.set(key, value);
  }

  /** To be called when a value that was found or set just now takes so much more. */
  grow(size: number): void {
    if (this.#size >= this.#capacity) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#size = 0;
    }
    this.#size += size;
  }

  delete(key: K): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }
}
