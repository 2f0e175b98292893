/** A seeded source of everything that varies in the simulated cluster: the same seed always tells the same story. */

// Kubernetes generates names without vowels and look-alikes, so that they never spell a word.
// https://github.com/kubernetes/apimachinery/blob/v0.35.4/pkg/util/rand/rand.go
const NAME_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';
const HEX = '0123456789abcdef';

export class Random {
  readonly #seed: number;
  #state: number;

  constructor(seed: number) {
    this.#seed = seed >>> 0;
    this.#state = this.#seed;
  }

  /** From 0 to below 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.int(0, choices.length - 1)];
    if (choice === undefined) throw new RangeError('Picking at random: found no choices, want at least one');
    return choice;
  }

  /** As Kubernetes ends generated names: `x7k2p`. */
  suffix(length: number): string {
    return this.#letters(NAME_LETTERS, length);
  }

  hex(length: number): string {
    return this.#letters(HEX, length);
  }

  /** A UUID of version 4. */
  uuid(): string {
    return `${this.hex(8)}-${this.hex(4)}-4${this.hex(3)}-${this.pick(['8', '9', 'a', 'b'])}${this.hex(3)}-${this.hex(12)}`;
  }

  /** A source of its own, always the same for the same seed and label: what is drawn from either changes nothing in the other. */
  fork(label: string): Random {
    let hash = this.#seed ^ 0x811c9dc5;
    for (const letter of label) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
    return new Random(hash);
  }

  #letters(alphabet: string, length: number): string {
    let text = '';
    for (let i = 0; i < length; i += 1) text += alphabet[Math.floor(this.next() * alphabet.length)] ?? '';
    return text;
  }
}
