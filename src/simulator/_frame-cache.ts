/** Frames of the newest changes, serialised once for all watches. */

import type { Representation } from './_representation.ts';
import type { Change } from './event-store.ts';

const KEPT = 1_024;

export class FrameCache {
  readonly #frames = new Map<string, Map<Change, Buffer>>();

  frameOf(change: Change, { id, json }: Representation): Buffer {
    const frames = this.#frames.get(id) ?? new Map<Change, Buffer>();
    this.#frames.set(id, frames);
    const known = frames.get(change);
    if (known) return known;
    const frame = Buffer.from(`{"type":"${change.type}","object":${json(change.event.json)}}\n`);
    frames.set(change, frame);
    if (frames.size > KEPT) {
      for (const oldest of frames.keys()) {
        frames.delete(oldest);
        break;
      }
    }
    return frame;
  }
}
