/** The lives of objects, as far as their events tell. */
import { rfc3339 } from '../../core/rfc3339.ts';

/** After which an object is gone, if nothing else is heard of it. */
const ENDS: ReadonlySet<string> = new Set(['Evicted', 'Killing', 'Preempted', 'TaintManagerEviction']);

interface Told {
  readonly time: number;
  readonly reason: string;
  readonly firstSeen?: number;
  readonly node?: string;
}

export class Incarnation {
  readonly uid: string;
  #start = Number.POSITIVE_INFINITY;
  #node = '';
  #nodeAt = Number.NEGATIVE_INFINITY;
  #last: Told | undefined;

  constructor(uid: string) {
    this.uid = uid;
  }

  get lastSeen(): number {
    return this.#last?.time ?? 0;
  }

  add(told: Told): void {
    const { time, firstSeen = time, node = '' } = told;
    this.#start = Math.min(this.#start, firstSeen, time);
    if (!this.#last || time > this.#last.time) this.#last = told;
    if (node === '' || time < this.#nodeAt) return;
    this.#node = node;
    this.#nodeAt = time;
  }

  toJson() {
    const { time = 0, reason = '' } = this.#last ?? {};
    return {
      uid: this.uid,
      node: this.#node,
      start: rfc3339(Math.min(this.#start, time)),
      ...(ENDS.has(reason) && { end: rfc3339(time), cause: reason }),
    };
  }
}
