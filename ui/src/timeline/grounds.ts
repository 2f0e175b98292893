/** What lanes lie on: lines at round times, times at which nobody looked, and the ruler over all of them. */
import { type Gap, gapExtent } from '../chart/gaps.ts';
import { fillHatch } from '../chart/hatch.ts';
import { textWidth } from '../chart/text-width.ts';
import type { Tick } from '../time/ticks.ts';
import { type Frame, RULER_HEIGHT, type Surroundings } from './frame.ts';

/** In a gap that is so wide there are words, unless names stand there. */
const WORDS_PX = 104;
const RULER_BASELINE = 16;
const TICK_HEIGHT = 6;

export function drawTimeLines({ context, ink: { colours }, scale, height }: Frame, ticks: readonly Tick[]): void {
  for (const { at, isMajor } of ticks) {
    context.fillStyle = isMajor ? colours['line-2'] : colours.line;
    context.globalAlpha = isMajor ? 0.4 : 1;
    context.fillRect(Math.round(scale.x(at)), RULER_HEIGHT, 1, height);
  }
  context.globalAlpha = 1;
}

export function drawGaps(frame: Frame, { gaps, gapWords }: Surroundings): void {
  const { context, ink, scale, window, height, isPhone } = frame;
  for (const gap of gaps) {
    if (gap.to < window.from || gap.from > window.to) continue;
    const extent = gapExtent(gap, scale);
    fillHatch(context, ink.hatch, { ...extent, y: RULER_HEIGHT, height: height - RULER_HEIGHT });
    const words = extent.width > WORDS_PX && !isPhone ? gapWords(gap) : '';
    if (words !== '') drawWords(frame, words, extent.x + extent.width / 2, extent.width);
  }
}

function drawWords({ context, ink: { colours, font }, height }: Frame, words: string, x: number, room: number): void {
  context.font = font;
  const half = textWidth(context, font, words) / 2 + 6;
  if (2 * half > room) return;
  context.fillStyle = colours.panel;
  context.fillRect(x - half, height - 26, 2 * half, 17);
  context.fillStyle = colours['text-2'];
  context.textAlign = 'center';
  context.fillText(words, x, height - 14);
}

/** Covers what was scrolled under it. */
export function drawRuler({ context, ink: { colours, font }, scale, width }: Frame, ticks: readonly Tick[]): void {
  context.clearRect(0, 0, width, RULER_HEIGHT);
  context.fillStyle = colours.line;
  context.fillRect(0, RULER_HEIGHT - 1, width, 1);
  context.font = font;
  context.textAlign = 'left';
  for (const { at, label, isMajor } of ticks) {
    const x = Math.round(scale.x(at));
    context.fillStyle = colours['line-2'];
    context.fillRect(x, RULER_HEIGHT - 1 - TICK_HEIGHT, 1, TICK_HEIGHT);
    context.fillStyle = isMajor ? colours.text : colours['text-3'];
    if (x + textWidth(context, font, label) + 5 < width) context.fillText(label, x + 5, RULER_BASELINE);
  }
}

/** Of several gaps at an instant, the one that is there. */
export function gapAt(gaps: readonly Gap[], from: number, to: number): Gap | undefined {
  return gaps.find((gap) => gap.from <= to && gap.to >= from);
}
