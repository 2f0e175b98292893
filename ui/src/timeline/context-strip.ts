/**
 * The whole range, and which part of it is in view: on a canvas of its own, since an element that moves costs a frame more
 * than a small canvas does.
 */
import { SEVERITIES } from '../../../src/core/severity.ts';
import { CanvasBox, type Size } from '../chart/canvas-box.ts';
import { type Gap, gapExtent } from '../chart/gaps.ts';
import { fillHatch } from '../chart/hatch.ts';
import { type HistogramCounts, type HistogramLayout, histogramLayout } from '../chart/histogram-layout.ts';
import { drawTimeAxis } from '../chart/time-axis.ts';
import { ink } from '../theme/ink.ts';
import type { Clock } from '../time/clock.ts';
import { ticksOf } from '../time/ticks.ts';
import type { TimeRange } from '../time/time-range.ts';
import type { TimeScale } from '../time/time-scale.ts';

export interface StripView extends HistogramCounts {
  readonly gaps: readonly Gap[];
  readonly clock: Clock;
}

export interface StripActions {
  /** A hand moves the window. */
  readonly onMove: (window: TimeRange) => void;
  /** A part of the range was chosen. */
  readonly onChoose: (window: TimeRange) => void;
}

const INSETS = { left: 8, right: 8, top: 4, foot: 24 };
const STRIP_HEIGHT = 2;
/** Below its base: the line that says when somebody watched. */
const STRIP_ROOM = 2;
const SHADE = 0.66;
const EDGE = 2;
const CLICK_PX = 3;

export class ContextStrip {
  readonly #box: HTMLElement;
  readonly #actions: StripActions;
  readonly #canvas: CanvasBox;
  readonly #over: CanvasBox;
  readonly #listening = new AbortController();
  #view: StripView | undefined;
  #layout: HistogramLayout | undefined;
  #window: TimeRange = { from: 0, to: 1 };
  #drag: { readonly x: number; readonly moves: TimeRange | undefined } | undefined;
  #chosen: TimeRange | undefined;

  constructor(box: HTMLElement, actions: StripActions) {
    this.#box = box;
    this.#actions = actions;
    // Each comes before what is there, and so below it.
    this.#over = new CanvasBox(box, (context) => this.#paintOver(context));
    this.#canvas = new CanvasBox(box, (context, size) => this.#paint(context, size));
    const { signal } = this.#listening;
    box.addEventListener('pointerdown', (event) => this.#press(event), { signal });
    box.addEventListener('pointermove', (event) => this.#drags(event), { signal });
    box.addEventListener('pointerup', () => this.#release(), { signal });
    box.addEventListener('pointercancel', () => this.#leave(), { signal });
  }

  show(view: StripView): void {
    this.#view = view;
    this.#canvas.repaint();
  }

  showWindow(window: TimeRange): void {
    this.#window = window;
    this.#over.repaint();
  }

  close(): void {
    this.#listening.abort();
    this.#canvas.close();
    this.#over.close();
    this.#box.replaceChildren();
  }

  /** The window, or while a hand chooses another, that: all around it in shade. */
  #paintOver(context: CanvasRenderingContext2D): void {
    if (!this.#layout) return;
    const { scale, base } = this.#layout;
    const window = this.#chosen ?? this.#window;
    const [from, to] = [Math.max(scale.left, scale.x(window.from)), Math.min(scale.right, scale.x(window.to))];
    if (from <= scale.left && to >= scale.right) return;
    const { colours } = ink();
    const height = base + STRIP_ROOM;
    context.fillStyle = colours.page;
    context.globalAlpha = SHADE;
    context.fillRect(scale.left, 0, from - scale.left, height);
    context.fillRect(to, 0, scale.right - to, height);
    context.globalAlpha = 1;
    context.fillStyle = colours.accent;
    context.fillRect(from - 1, 0, EDGE, height);
    context.fillRect(Math.max(from + 1, to - 1), 0, EDGE, height);
  }

  #press(event: PointerEvent): void {
    const scale = this.#layout?.scale;
    if (event.button !== 0 || !scale) return;
    this.#box.setPointerCapture(event.pointerId);
    const x = this.#xOf(event);
    this.#drag = { x, moves: this.#isInside(scale, x) ? this.#window : undefined };
  }

  /** In the window, unless that is all there is. */
  #isInside(scale: TimeScale, x: number): boolean {
    const [from, to] = [scale.x(this.#window.from), scale.x(this.#window.to)];
    return x > from && x < to && to - from < scale.right - scale.left - 1;
  }

  #drags(event: PointerEvent): void {
    const scale = this.#layout?.scale;
    if (!scale) return;
    if (!this.#drag) {
      this.#box.classList.toggle('moves', this.#isInside(scale, this.#xOf(event)));
      return;
    }
    const { x: start, moves } = this.#drag;
    const x = this.#xOf(event);
    if (moves) {
      const by = ((x - start) / (scale.right - scale.left)) * (scale.range.to - scale.range.from);
      this.#actions.onMove({ from: moves.from + by, to: moves.to + by });
    } else if (Math.abs(x - start) > CLICK_PX) {
      this.#chosen = { from: scale.timeAt(Math.min(start, x)), to: scale.timeAt(Math.max(start, x)) };
      this.#over.repaint();
    }
  }

  #release(): void {
    const chosen = this.#chosen;
    this.#leave();
    if (chosen) this.#actions.onChoose(chosen);
  }

  #leave(): void {
    this.#drag = undefined;
    this.#chosen = undefined;
    this.#over.repaint();
  }

  #xOf(event: PointerEvent): number {
    return event.clientX - this.#box.getBoundingClientRect().left;
  }

  #paint(context: CanvasRenderingContext2D, size: Size): void {
    const view = this.#view;
    if (!view) return;
    const { colours, hatch } = ink();
    const layout = histogramLayout(view, size, INSETS);
    this.#layout = layout;
    const { scale, base, top, bars } = layout;
    for (const gap of view.gaps) fillHatch(context, hatch, { ...gapExtent(gap, scale), y: top, height: base - top });
    for (const bar of bars) {
      for (const { key, y, height } of bar.parts) {
        context.fillStyle = colours[SEVERITIES[key] ?? 'normal'];
        context.fillRect(bar.x, y, bar.width, height);
      }
    }
    context.fillStyle = colours['line-2'];
    context.fillRect(scale.left, base + 3, scale.right - scale.left, STRIP_HEIGHT);
    for (const gap of view.gaps) {
      const { x, width } = gapExtent(gap, scale);
      context.clearRect(x, base + 3, width, STRIP_HEIGHT);
      context.fillStyle = colours.warning;
      context.fillRect(x, base + 2, 1, STRIP_HEIGHT + 2);
      context.fillRect(x + width - 1, base + 2, 1, STRIP_HEIGHT + 2);
    }
    const ticks = ticksOf(view.range, scale.right - scale.left, view.clock);
    drawTimeAxis(context, ink(), { scale, ticks, y: base + 6, baseline: size.height - 4 });
    this.#over.repaint();
  }
}
