/**
 * Memory that answers are printed into, one after the other. An answer's own would be garbage beside the heap, which has all
 * old objects collected once every ten pages of 500 events.
 */
import type { ServerResponse } from 'node:http';

/** Two pages of 500 events. */
const BLOCK_BYTES = 1024 * 1024;
/** For so many answers at a time; those beyond them take new memory. */
const MOST_SPARE = 2;

export class AnswerMemory {
  readonly #spare: Buffer[] = [];

  /** Turns text into bytes, of which the first are in memory that other answers get once this one is closed. */
  printer(response: ServerResponse): (text: string) => Buffer {
    const block = this.#spare.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
    response.once('close', () => {
      if (this.#spare.length < MOST_SPARE) this.#spare.push(block);
    });
    let used = 0;
    return (text) => {
      const bytes = Buffer.byteLength(text);
      if (bytes > block.length - used) return Buffer.from(text);
      const begin = used;
      used += block.write(text, begin);
      return block.subarray(begin, used);
    };
  }
}
