/**
 * Hands on the lanes. Mouse: drag chooses a time, with Shift it moves; the wheel moves lanes, with Shift or sideways time,
 * with Ctrl or ⌘ it zooms at the pointer. Touch: one finger moves, two zoom, a long press chooses a time.
 */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface GestureTarget {
  /** By pixels of time and of lanes. */
  readonly onPan: (dx: number, dy: number) => void;
  /** By a factor around a pixel. */
  readonly onZoom: (factor: number, x: number) => void;
  /** Undefined when the pointer is gone. */
  readonly onPoint: (at: Point | undefined) => void;
  readonly onPress: (at: Point) => void;
  /** While a time is being chosen; undefined when that is over. */
  readonly onBand: (band: { readonly from: number; readonly to: number } | undefined) => void;
  readonly onChoose: (from: number, to: number) => void;
}

const CLICK_PX = 3;
/** A finger that means to stay moves this little. */
const TOUCH_PX = 8;
const LONG_PRESS_MS = 450;
const WHEEL_ZOOM = 0.0035;
/** Of a wheel that counts lines instead of pixels. */
const LINE_PX = 24;

type Mode = 'waiting' | 'choosing' | 'panning' | 'pinching';

export class Gestures {
  readonly #box: HTMLElement;
  /** What positions are measured from. */
  readonly #plot: HTMLElement;
  readonly #target: GestureTarget;
  readonly #listening = new AbortController();
  readonly #fingers = new Map<number, Point>();
  #mode: Mode | undefined;
  #start: Point = { x: 0, y: 0 };
  #last: Point = { x: 0, y: 0 };
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(box: HTMLElement, plot: HTMLElement, target: GestureTarget) {
    this.#box = box;
    this.#plot = plot;
    this.#target = target;
    const { signal } = this.#listening;
    box.addEventListener('wheel', (event) => this.#wheel(event), { signal, passive: false });
    box.addEventListener('pointerdown', (event) => this.#press(event), { signal });
    box.addEventListener('pointermove', (event) => this.#move(event), { signal });
    box.addEventListener('pointerup', (event) => this.#release(event), { signal });
    box.addEventListener('pointercancel', (event) => this.#cancel(event), { signal });
    box.addEventListener('pointerleave', () => target.onPoint(undefined), { signal });
  }

  /** Whether a hand is on it. */
  get isUnderWay(): boolean {
    return this.#mode !== undefined;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#listening.abort();
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PX : 1;
    const [dx, dy] = [event.deltaX * unit, event.deltaY * unit];
    if (event.ctrlKey || event.metaKey) this.#target.onZoom(Math.exp(dy * WHEEL_ZOOM), this.#at(event).x);
    else if (event.shiftKey) this.#target.onPan(dx === 0 ? dy : dx, 0);
    else if (Math.abs(dx) > Math.abs(dy)) this.#target.onPan(dx, 0);
    else this.#target.onPan(0, dy);
  }

  #press(event: PointerEvent): void {
    if (event.button !== 0 || this.#isElsewhere(event)) return;
    const at = this.#at(event);
    this.#start = at;
    this.#last = at;
    const isTouch = event.pointerType === 'touch';
    if (isTouch) {
      this.#fingers.set(event.pointerId, at);
      this.#mode = this.#fingers.size > 1 ? 'pinching' : 'waiting';
      clearTimeout(this.#timer);
      if (this.#mode === 'waiting') this.#timer = setTimeout(() => this.#choose(), LONG_PRESS_MS);
    } else {
      this.#box.setPointerCapture(event.pointerId);
      this.#mode = event.shiftKey ? 'panning' : 'waiting';
    }
  }

  #choose(): void {
    this.#mode = 'choosing';
    this.#target.onBand({ from: this.#start.x, to: this.#start.x + 1 });
  }

  #move(event: PointerEvent): void {
    const at = this.#at(event);
    if (this.#mode === undefined) {
      if (event.pointerType !== 'touch') this.#target.onPoint(this.#isElsewhere(event) ? undefined : at);
      return;
    }
    if (this.#mode === 'pinching') this.#pinch(event.pointerId, at);
    else if (this.#mode === 'waiting') this.#begin(event, at);
    else if (this.#mode === 'choosing') this.#target.onBand(ordered(this.#start.x, at.x));
    if (this.#mode === 'panning') {
      // A finger moves lanes too; a mouse has the wheel for that.
      this.#target.onPan(this.#last.x - at.x, event.pointerType === 'touch' ? this.#last.y - at.y : 0);
    }
    this.#last = at;
  }

  #begin(event: PointerEvent, at: Point): void {
    const isTouch = event.pointerType === 'touch';
    const moved = Math.hypot(at.x - this.#start.x, isTouch ? at.y - this.#start.y : 0);
    if (moved <= (isTouch ? TOUCH_PX : CLICK_PX)) return;
    clearTimeout(this.#timer);
    // From here on it is no click on what the finger came down on.
    this.#box.setPointerCapture(event.pointerId);
    this.#target.onPoint(undefined);
    this.#mode = isTouch ? 'panning' : 'choosing';
    if (this.#mode === 'choosing') this.#target.onBand(ordered(this.#start.x, at.x));
  }

  #pinch(finger: number, at: Point): void {
    const before = [...this.#fingers.values()];
    this.#fingers.set(finger, at);
    const after = [...this.#fingers.values()];
    const [a, b] = [spread(before), spread(after)];
    this.#target.onPan(a.middle - b.middle, 0);
    if (a.width > 0 && b.width > 0) this.#target.onZoom(a.width / b.width, b.middle);
  }

  #release(event: PointerEvent): void {
    const at = this.#at(event);
    const mode = this.#mode;
    this.#end(event);
    if (mode === 'choosing' && Math.abs(at.x - this.#start.x) > CLICK_PX) {
      const { from, to } = ordered(this.#start.x, at.x);
      this.#target.onChoose(from, to);
    } else if (mode === 'waiting') this.#target.onPress(at);
  }

  #cancel(event: PointerEvent): void {
    this.#end(event);
    this.#target.onPoint(undefined);
  }

  #end(event: PointerEvent): void {
    clearTimeout(this.#timer);
    this.#fingers.delete(event.pointerId);
    // The finger that stays goes on alone.
    this.#mode = this.#fingers.size > 0 ? 'panning' : undefined;
    this.#last = this.#fingers.values().next().value ?? this.#last;
    this.#target.onBand(undefined);
  }

  /** On a label, which is a button of its own, or on a scroll bar. */
  #isElsewhere(event: PointerEvent): boolean {
    if (event.pointerType === 'touch') return false;
    return (
      !(event.target instanceof Node && this.#plot.contains(event.target)) &&
      !this.#box.hasPointerCapture(event.pointerId)
    );
  }

  #at({ clientX, clientY }: MouseEvent): Point {
    const { left, top } = this.#plot.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  }
}

function ordered(one: number, other: number): { readonly from: number; readonly to: number } {
  return { from: Math.min(one, other), to: Math.max(one, other) };
}

function spread(fingers: readonly Point[]): { readonly middle: number; readonly width: number } {
  const [a = { x: 0, y: 0 }, b = a] = fingers;
  return { middle: (a.x + b.x) / 2, width: Math.abs(a.x - b.x) };
}
