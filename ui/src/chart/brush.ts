/** Choosing a part of a time axis: by dragging, by a click on a step, or with the arrows and Enter. */
import { SHORTEST_MS, type TimeRange } from '../time/time-range.ts';
import type { TimeScale } from '../time/time-scale.ts';

export interface BrushOptions {
  /** Undefined before anything was drawn. */
  readonly scale: () => TimeScale | undefined;
  readonly stepAt: (ms: number) => number;
  /** Of the steps between two, in either direction. */
  readonly rangeOf: (from: number, to: number) => TimeRange;
  /** What is under the pointer or the arrows. */
  readonly onPoint: (step: number | undefined) => void;
  readonly onChoose: (range: TimeRange) => void;
}

/** A hand that clicks moves this little. */
const CLICK_PX = 3;

export class Brush {
  readonly #box: HTMLElement;
  readonly #options: BrushOptions;
  readonly #band: HTMLElement;
  readonly #listening = new AbortController();
  /** Where a drag began. */
  #dragX: number | undefined;
  #step: number | undefined;
  /** The other end of what the arrows have extended. */
  #anchor: number | undefined;

  constructor(box: HTMLElement, options: BrushOptions) {
    this.#box = box;
    this.#options = options;
    this.#band = document.createElement('div');
    this.#band.className = 'brush';
    this.#band.hidden = true;
    box.append(this.#band);
    const { signal } = this.#listening;
    box.addEventListener('pointerdown', (event) => this.#press(event), { signal });
    box.addEventListener('pointermove', (event) => this.#move(event), { signal });
    box.addEventListener('pointerup', (event) => this.#release(event), { signal });
    box.addEventListener('pointercancel', () => this.#leave(), { signal });
    box.addEventListener('pointerleave', () => this.#dragX === undefined && this.#leave(), { signal });
    box.addEventListener('keydown', (event) => this.#key(event), { signal });
    box.addEventListener('blur', () => this.#leave(), { signal });
  }

  close(): void {
    this.#listening.abort();
    this.#band.remove();
  }

  #press(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#box.setPointerCapture(event.pointerId);
    this.#dragX = this.#xOf(event);
    this.#anchor = undefined;
  }

  #move(event: PointerEvent): void {
    const x = this.#xOf(event);
    const scale = this.#options.scale();
    if (!scale) return;
    if (this.#dragX !== undefined && Math.abs(x - this.#dragX) > CLICK_PX) {
      this.#options.onPoint(undefined);
      this.#mark(dragged(scale, this.#dragX, x), true);
    } else if (this.#dragX === undefined) {
      this.#pointAt(this.#options.stepAt(scale.timeAt(x)));
    }
  }

  #release(event: PointerEvent): void {
    const start = this.#dragX;
    const scale = this.#options.scale();
    this.#dragX = undefined;
    if (start === undefined || !scale) return;
    const x = this.#xOf(event);
    const step = this.#options.stepAt(scale.timeAt(x));
    this.#choose(Math.abs(x - start) > CLICK_PX ? dragged(scale, start, x) : this.#options.rangeOf(step, step));
  }

  #key(event: KeyboardEvent): void {
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (direction !== undefined) this.#stepBy(direction, event.shiftKey);
    else if (event.key === 'Enter' && this.#step !== undefined)
      this.#choose(this.#options.rangeOf(this.#anchor ?? this.#step, this.#step));
    else if (event.key === 'Escape' && this.#step !== undefined) this.#leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #stepBy(direction: number, isExtending: boolean): void {
    const scale = this.#options.scale();
    if (!scale) return;
    const last = this.#options.stepAt(scale.range.to);
    const from = this.#step ?? last + (direction < 0 ? 1 : 0);
    this.#anchor = isExtending ? (this.#anchor ?? this.#step) : undefined;
    this.#pointAt(Math.min(Math.max(from + direction, 0), last));
  }

  #pointAt(step: number): void {
    this.#step = step;
    this.#mark(this.#options.rangeOf(this.#anchor ?? step, step), this.#anchor !== undefined);
    this.#options.onPoint(step);
  }

  #choose(range: TimeRange): void {
    this.#leave();
    if (range.to - range.from >= SHORTEST_MS) this.#options.onChoose(range);
  }

  #leave(): void {
    this.#dragX = undefined;
    this.#step = undefined;
    this.#anchor = undefined;
    this.#band.hidden = true;
    this.#options.onPoint(undefined);
  }

  #mark({ from, to }: TimeRange, isChoice: boolean): void {
    const scale = this.#options.scale();
    if (!scale) return;
    this.#band.hidden = false;
    this.#band.classList.toggle('choice', isChoice);
    this.#band.style.left = `${scale.x(from)}px`;
    this.#band.style.width = `${Math.max(1, scale.x(to) - scale.x(from))}px`;
  }

  #xOf(event: PointerEvent): number {
    return event.clientX - this.#box.getBoundingClientRect().left;
  }
}

function dragged(scale: TimeScale, start: number, end: number): TimeRange {
  return { from: scale.timeAt(Math.min(start, end)), to: scale.timeAt(Math.max(start, end)) };
}
