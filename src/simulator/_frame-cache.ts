/** Frames of the newest changes, serialised once for all watches. */

import { objectJson } from './_object-json.ts';
import type { Group } from './event-request.ts';
import type { Change } from './event-store.ts';

const KEPT = 1_024;

export class FrameCache {
  readonly #frames: Readonly<Record<Group, Map<Change, Buffer>>> = { '': new Map(), 'events.k8s.io': new Map() };

  frameOf(change: Change, group: Group): Buffer {
    const frames = this.#frames[group];
    const known = frames.get(change);
    if (known) return known;
    const frame = Buffer.from(`{"type":"${change.type}","object":${objectJson(change.event.json, group)}}\n`);
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
