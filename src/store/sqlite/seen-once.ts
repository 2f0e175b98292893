/** As many strings as are between two uses of what repeats, in 256 KiB. */
const SLOTS = 65_536;

/**
 * Tells what was seen before from what is seen for the first time, by 32 bits of it: now and then it takes one string for
 * another, and forgets what many others came after. Most of what never repeats ends here and takes no row.
 */
export class SeenOnce {
  readonly #hashes = new Uint32Array(SLOTS);

  /** Whether it was seen lately. From now on it was. */
  see(value: string): boolean {
    const hash = hashOf(value);
    const slot = hash % SLOTS;
    if (this.#hashes[slot] === hash) return true;
    this.#hashes[slot] = hash;
    return false;
  }
}

/** FNV-1a over UTF-16 units. http://www.isthe.com/chongo/tech/comp/fnv/ */
function hashOf(value: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < value.length; index++) {
    hash = Math.imul(hash ^ value.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
