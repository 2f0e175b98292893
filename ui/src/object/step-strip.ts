/** A row of steps on a canvas: how bad each was, or how much happened in it; with what was not watched, and a brush. */
import { Brush } from '../chart/brush.ts';
import { CanvasBox, type Size } from '../chart/canvas-box.ts';
import { gapExtent } from '../chart/gaps.ts';
import { fillHatch } from '../chart/hatch.ts';
import { rangeOfSteps, stepAt } from '../chart/histogram-layout.ts';
import { drawTimeAxis } from '../chart/time-axis.ts';
import { Tooltip, type TooltipContent } from '../chart/tooltip.ts';
import { SEVERITY_SHAPES } from '../message/severity-shapes.ts';
import { ink } from '../theme/ink.ts';
import type { Clock } from '../time/clock.ts';
import { ticksOf } from '../time/ticks.ts';
import type { TimeRange } from '../time/time-range.ts';
import { type TimeScale, timeScale } from '../time/time-scale.ts';
import { type ObjectSteps, statesOf } from './object-steps.ts';

export interface StepStripView {
  readonly steps: ObjectSteps;
  /** Of a strip with an axis. */
  readonly clock: Clock;
  /** All there is to say of a step. */
  readonly describe: (step: number) => TooltipContent;
}

export interface StepStripOptions {
  /** `state`: how bad each step was, over an axis; `counts`: how much happened. */
  readonly kind: 'state' | 'counts';
  readonly onChoose: (range: TimeRange) => void;
  /** What is pointed at, in words, for who does not see it. */
  readonly onSay?: (words: string, step: number) => void;
}

const AXIS_HEIGHT = 20;
const AXIS_MARGIN = 4;
const SHAPE_SIZE = 12;
const INSET = 3;
/** The same in every row, so that rows can be compared: a height of 1 is 64 occurrences or more. */
const HEIGHTS = 7;

export class StepStrip {
  readonly #canvas: CanvasBox;
  readonly #tooltip: Tooltip;
  readonly #brush: Brush;
  readonly #options: StepStripOptions;
  #view: StepStripView | undefined;
  #scale: TimeScale | undefined;

  constructor(box: HTMLElement, options: StepStripOptions) {
    this.#options = options;
    this.#canvas = new CanvasBox(box, (context, size) => this.#paint(context, size));
    this.#tooltip = new Tooltip(box);
    this.#brush = new Brush(box, {
      scale: () => this.#scale,
      stepAt: (ms) => (this.#view ? stepAt(this.#view.steps, ms) : 0),
      rangeOf: (from, to) => (this.#view ? rangeOfSteps(this.#view.steps, from, to) : { from: 0, to: 0 }),
      onPoint: (step) => this.#point(step),
      onChoose: options.onChoose,
    });
  }

  show(view: StepStripView): void {
    this.#view = view;
    this.#canvas.repaint();
  }

  close(): void {
    this.#brush.close();
    this.#tooltip.remove();
    this.#canvas.close();
  }

  #point(step: number | undefined): void {
    if (step === undefined || !this.#view || !this.#scale) {
      this.#tooltip.hide();
      return;
    }
    const content = this.#view.describe(step);
    const { from, to } = rangeOfSteps(this.#view.steps, step, step);
    this.#tooltip.show(content, this.#scale.x((from + to) / 2));
    const { title, lines, note } = content;
    const said = [
      title,
      ...lines.map(({ label, value }) => `${label} ${value}`),
      ...(note === undefined ? [] : [note]),
    ];
    this.#options.onSay?.(said.join('; '), step);
  }

  #paint(context: CanvasRenderingContext2D, { width, height }: Size): void {
    const view = this.#view;
    if (!view) return;
    const { steps, clock } = view;
    const scale = timeScale(steps.range, 0, width);
    this.#scale = scale;
    const isState = this.#options.kind === 'state';
    const base = isState ? height - AXIS_HEIGHT : height - INSET;
    for (const gap of steps.gaps)
      fillHatch(context, ink().hatch, { ...gapExtent(gap, scale), y: INSET, height: base - INSET });
    context.fillStyle = ink().colours.line;
    context.fillRect(0, base, width, 1);
    if (!isState) {
      paintCounts(context, steps, { scale, base });
      return;
    }
    paintStates(context, steps, { scale, base });
    // Labels end before the strip does: there is no margin beside it.
    const inside = { ...scale, right: scale.right - AXIS_MARGIN };
    drawTimeAxis(context, ink(), {
      scale: inside,
      ticks: ticksOf(steps.range, width, clock),
      y: base,
      baseline: height - 4,
    });
  }
}

interface Row {
  readonly scale: TimeScale;
  readonly base: number;
}

/** A tinted cell with the shape of what was severest in it: a colour alone says nothing. */
function paintStates(context: CanvasRenderingContext2D, steps: ObjectSteps, { scale, base }: Row): void {
  const { colours } = ink();
  statesOf(steps).forEach((state, step) => {
    if (state === undefined) return;
    const { x, width } = extentOf(steps, step, scale);
    if (width <= 0) return;
    const height = base - INSET;
    context.fillStyle = colours[state];
    context.globalAlpha = 0.16;
    context.fillRect(x, INSET, width, height);
    context.globalAlpha = 1;
    context.fillRect(x, base - 2, width, 2);
    const size = Math.min(SHAPE_SIZE, width - 2);
    context.save();
    context.translate(x + (width - size) / 2, INSET + (height - 2 - size) / 2);
    context.scale(size / 12, size / 12);
    context.fill(new Path2D(SEVERITY_SHAPES[state]));
    context.restore();
  });
}

/** Stacked, the severest at the base. */
function paintCounts(context: CanvasRenderingContext2D, steps: ObjectSteps, { scale, base }: Row): void {
  const { counts, severities } = steps;
  statesOf(steps).forEach((state, step) => {
    if (state === undefined) return;
    const { x, width } = extentOf(steps, step, scale);
    const total = counts.reduce((sum, row) => sum + (row[step] ?? 0), 0);
    const height = Math.min(1, (1 + Math.log2(1 + total)) / HEIGHTS) * (base - INSET);
    let y = base;
    severities.forEach((severity, key) => {
      const part = (height * (counts[key]?.[step] ?? 0)) / total;
      y -= part;
      context.fillStyle = ink().colours[severity];
      context.fillRect(x, y, width, part);
    });
  });
}

function extentOf({ start, stepMs }: ObjectSteps, step: number, scale: TimeScale) {
  const left = Math.max(scale.left, scale.x(start + step * stepMs));
  const right = Math.min(scale.right, scale.x(start + (step + 1) * stepMs));
  return { x: left, width: right - left - 1 };
}
