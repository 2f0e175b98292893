/** An ordered set of strings: additions, removals and pages from any point cost little, whatever the size. */

const BUCKET_SIZE = 512;

export class SortedKeys {
  // Each bucket is sorted, and so are the buckets; none is empty.
  #buckets: string[][] = [];

  /** Replaces all keys. */
  reset(keys: Iterable<string>): void {
    const sorted = [...keys].sort(compare);
    this.#buckets = [];
    for (let from = 0; from < sorted.length; from += BUCKET_SIZE) {
      this.#buckets.push(sorted.slice(from, from + BUCKET_SIZE));
    }
  }

  /** Adds a key that is not there yet. */
  add(key: string): void {
    const index = Math.max(0, firstIndex(this.#buckets.length, (i) => (this.#buckets[i]?.[0] ?? '') > key) - 1);
    const bucket = this.#buckets[index];
    if (!bucket) {
      this.#buckets.push([key]);
      return;
    }
    bucket.splice(firstNotBelow(bucket, key), 0, key);
    if (bucket.length > 2 * BUCKET_SIZE) this.#buckets.splice(index + 1, 0, bucket.splice(BUCKET_SIZE));
  }

  delete(key: string): void {
    const index = this.#bucketOf(key);
    const bucket = this.#buckets[index];
    const at = bucket ? firstNotBelow(bucket, key) : 0;
    if (bucket?.[at] !== key) return;
    bucket.splice(at, 1);
    if (bucket.length === 0) this.#buckets.splice(index, 1);
  }

  /** Keys from `key` on, in order. The set must not change meanwhile. */
  *from(key: string): Generator<string, void> {
    let index = this.#bucketOf(key);
    let at = firstNotBelow(this.#buckets[index] ?? [], key);
    for (; index < this.#buckets.length; index += 1, at = 0) {
      const bucket = this.#buckets[index] ?? [];
      for (; at < bucket.length; at += 1) yield bucket[at] ?? '';
    }
  }

  /** How many keys lie below `key`. */
  rank(key: string): number {
    const index = this.#bucketOf(key);
    let below = firstNotBelow(this.#buckets[index] ?? [], key);
    for (let i = 0; i < index; i += 1) below += this.#buckets[i]?.length ?? 0;
    return below;
  }

  // The first bucket that ends at `key` or above.
  #bucketOf(key: string): number {
    return firstIndex(this.#buckets.length, (i) => (this.#buckets[i]?.at(-1) ?? '') >= key);
  }
}

function firstNotBelow(bucket: readonly string[], key: string): number {
  return firstIndex(bucket.length, (i) => (bucket[i] ?? '') >= key);
}

/** The first index from 0 that `holds` is true of, all above it included; `length` when there is none. */
function firstIndex(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

// By code unit, as etcd orders the bytes of names.
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
