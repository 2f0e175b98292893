/** Occurrences over time on a canvas: stacked, with what was not watched, and with a brush. No framework draws it. */
import { type InkToken, ink } from '../theme/ink.ts';
import type { Clock } from '../time/clock.ts';
import { ticksOf } from '../time/ticks.ts';
import type { TimeRange } from '../time/time-range.ts';
import { Brush } from './brush.ts';
import { CanvasBox, type Size } from './canvas-box.ts';
import { type Gap, gapExtent } from './gaps.ts';
import { fillHatch } from './hatch.ts';
import {
  type Bar,
  cutLabels,
  type HistogramCounts,
  type HistogramLayout,
  histogramLayout,
  rangeOfSteps,
  stepAt,
} from './histogram-layout.ts';
import { drawTimeAxis } from './time-axis.ts';
import { Tooltip, type TooltipContent } from './tooltip.ts';

export interface HistogramView extends HistogramCounts {
  /** By key. */
  readonly colours: readonly InkToken[];
  readonly gaps: readonly Gap[];
  /** What was before it was not counted. */
  readonly countedFrom?: number | undefined;
  readonly clock: Clock;
  /** A count where there is room for few characters. */
  readonly compact: (count: number) => string;
  /** All there is to say of a step. */
  readonly describe: (step: number) => TooltipContent;
}

export interface HistogramOptions {
  /** Somebody chose a part of the range. */
  readonly onChoose: (range: TimeRange) => void;
}

const NOTCH_HEIGHT = 2;
const STRIP_HEIGHT = 2;
const STRIP_BELOW = 3;

/** In an element that it fills; the element takes the focus, and says what its arrows point at. */
export class Histogram {
  readonly #box: HTMLElement;
  readonly #canvas: CanvasBox;
  readonly #tooltip: Tooltip;
  readonly #brush: Brush;
  #view: HistogramView | undefined;
  #layout: HistogramLayout | undefined;

  constructor(box: HTMLElement, { onChoose }: HistogramOptions) {
    this.#box = box;
    this.#canvas = new CanvasBox(box, (context, size) => this.#paint(context, size));
    this.#tooltip = new Tooltip(box);
    this.#brush = new Brush(box, {
      scale: () => this.#layout?.scale,
      stepAt: (ms) => (this.#view ? stepAt(this.#view, ms) : 0),
      rangeOf: (from, to) => (this.#view ? rangeOfSteps(this.#view, from, to) : { from: 0, to: 0 }),
      onPoint: (step) => this.#point(step),
      onChoose,
    });
  }

  show(view: HistogramView): void {
    this.#view = view;
    this.#box.setAttribute('aria-valuemax', String(Math.max(0, (view.counts[0]?.length ?? 1) - 1)));
    this.#canvas.repaint();
  }

  close(): void {
    this.#brush.close();
    this.#tooltip.remove();
    this.#canvas.close();
  }

  /** What the pointer or an arrow is on is shown, and for the arrow it is said. */
  #point(step: number | undefined): void {
    if (step === undefined || !this.#view || !this.#layout) {
      this.#tooltip.hide();
      return;
    }
    const content = this.#view.describe(step);
    const { from, to } = rangeOfSteps(this.#view, step, step);
    this.#tooltip.show(content, this.#layout.scale.x((from + to) / 2));
    this.#box.setAttribute('aria-valuenow', String(step));
    this.#box.setAttribute('aria-valuetext', wordsOf(content));
  }

  #paint(context: CanvasRenderingContext2D, size: Size): void {
    const view = this.#view;
    if (!view) return;
    const layout = histogramLayout(view, size);
    this.#layout = layout;
    context.font = ink().font;
    this.#paintUncounted(context, view, layout);
    this.#paintLines(context, view, layout);
    this.#paintGaps(context, view, layout);
    for (const bar of layout.bars) {
      for (const { key, y, height } of bar.parts) {
        context.fillStyle = ink().colours[view.colours[key] ?? 'category-other'];
        context.fillRect(bar.x, y, bar.width, height);
      }
    }
    this.#paintNotches(context, view, layout);
    this.#paintCoverage(context, view, layout);
    const { scale, base } = layout;
    const ticks = ticksOf(view.range, scale.right - scale.left, view.clock);
    drawTimeAxis(context, ink(), { scale, ticks, y: base + 6, baseline: size.height - 4 });
  }

  /** No bar there says nothing. */
  #paintUncounted(context: CanvasRenderingContext2D, view: HistogramView, { scale, top, base }: HistogramLayout): void {
    const { countedFrom = view.range.from } = view;
    if (countedFrom <= view.range.from) return;
    context.fillStyle = ink().colours.raised;
    context.fillRect(scale.left, top - 4, scale.x(countedFrom) - scale.left, base - top + 4);
  }

  #paintLines(context: CanvasRenderingContext2D, { compact }: HistogramView, { lines, scale }: HistogramLayout): void {
    const { colours } = ink();
    context.textAlign = 'right';
    for (const { y, value } of lines) {
      context.fillStyle = colours.line;
      context.fillRect(scale.left, Math.round(y), scale.right - scale.left, 1);
      context.fillStyle = colours['text-3'];
      context.fillText(compact(value), scale.left - 6, y + 4);
    }
  }

  #paintGaps(context: CanvasRenderingContext2D, { gaps }: HistogramView, { scale, top, base }: HistogramLayout): void {
    for (const gap of gaps) {
      fillHatch(context, ink().hatch, { ...gapExtent(gap, scale), y: top - 4, height: base - top + 4 });
    }
  }

  /** A bar that is cut is broken near its end, and carries its number where there is room. */
  #paintNotches(
    context: CanvasRenderingContext2D,
    { compact }: HistogramView,
    { bars, scale, top }: HistogramLayout,
  ): void {
    const { colours } = ink();
    const cut = bars.filter(({ isCut }) => isCut);
    context.fillStyle = colours.panel;
    for (const { x, width } of cut) context.fillRect(x - 1, top + 7, width + 2, NOTCH_HEIGHT);
    context.textAlign = 'center';
    context.fillStyle = colours['text-2'];
    const widthOf = ({ total }: Bar) => context.measureText(compact(total)).width;
    for (const { bar, middle } of cutLabels(cut, { widthOf, right: scale.right }))
      context.fillText(compact(bar.total), middle, top - 5);
  }

  /** A line where somebody looked, with ends where it breaks off. */
  #paintCoverage(context: CanvasRenderingContext2D, { gaps }: HistogramView, { scale, base }: HistogramLayout): void {
    const { colours } = ink();
    const y = base + STRIP_BELOW;
    context.fillStyle = colours['line-2'];
    context.fillRect(scale.left, y, scale.right - scale.left, STRIP_HEIGHT);
    for (const gap of gaps) {
      const { x, width } = gapExtent(gap, scale);
      context.clearRect(x, y, width, STRIP_HEIGHT);
      context.fillStyle = colours.warning;
      context.fillRect(x, y - 1, 1, STRIP_HEIGHT + 2);
      context.fillRect(x + width - 1, y - 1, 1, STRIP_HEIGHT + 2);
    }
  }
}

function wordsOf({ title, lines, note }: TooltipContent): string {
  return [title, ...lines.map(({ label, value }) => `${label} ${value}`), ...(note === undefined ? [] : [note])].join(
    '; ',
  );
}
