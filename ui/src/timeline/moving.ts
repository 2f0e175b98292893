/** A window that is moved by hands and keys, and when it has come to rest. */
import type { TimeRange } from '../time/time-range.ts';
import { between } from './time-window.ts';

export interface MovingActions {
  readonly onMove: (window: TimeRange) => void;
  readonly onRest: (window: TimeRange) => void;
}

const GLIDE_MS = 140;
const REST_MS = 160;

export class Moving {
  readonly #actions: MovingActions;
  #window: TimeRange = { from: 0, to: 1 };
  #destination: TimeRange = this.#window;
  #frame = 0;
  #isMoving = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(actions: MovingActions) {
    this.#actions = actions;
  }

  get window(): TimeRange {
    return this.#window;
  }

  /** Where it is on its way to: what another key goes on from. */
  get destination(): TimeRange {
    return this.#destination;
  }

  /** Between the first move and its rest. */
  get isMoving(): boolean {
    return this.#isMoving;
  }

  /** `isResting`: nobody moved it there. */
  set(window: TimeRange, { isResting = false } = {}): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    this.#destination = window;
    this.#isMoving = !isResting;
    this.#move(window);
    if (!isResting) this.#timer = setTimeout(() => this.#rest(), REST_MS);
  }

  /** On a way that can be followed, where motion is welcome. */
  glide(end: TimeRange): void {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
      this.set(end);
      return;
    }
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    this.#destination = end;
    this.#isMoving = true;
    const start = this.#window;
    const began = performance.now();
    const go = (now: number) => {
      const progress = Math.min(1, Math.max(0, now - began) / GLIDE_MS);
      if (progress === 1) this.set(end);
      else {
        this.#move(between(start, end, progress));
        this.#frame = requestAnimationFrame(go);
      }
    };
    this.#frame = requestAnimationFrame(go);
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
  }

  #rest(): void {
    this.#isMoving = false;
    this.#actions.onRest(this.#window);
  }

  #move(window: TimeRange): void {
    this.#window = window;
    this.#actions.onMove(window);
  }
}
