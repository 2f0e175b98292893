/** How long a Pod lived, where, and whether it ended badly: one bar an incarnation, never one of them all. */
import type { Frame } from './frame.ts';
import type { Incarnation } from './timeline-rows.ts';

const BAR_HEIGHT = 6;
const BAR_ABOVE_BASE = 4;
const END_WIDTH = 2;
/** The mark of a bad end stands out of the bar, upwards: below it the lane ends. */
const END_REACH = 6;
/** A node's name takes so much. */
const NAME_PX = 100;
const NAME_INDENT = 6;
/** A mark so near hides the name, or is hidden. */
const MARK_BEFORE = 12;
const MARK_WITHIN = 76;
/** Nobody meant it; somebody who deletes a Pod does. */
const MEANT: ReadonlySet<string> = new Set(['', 'Killing']);

/** `names`: of nodes are written, but not where these marks are. */
export function drawLifetimes(
  { context, scale, width, ink: { colours, font } }: Frame,
  incarnations: readonly Incarnation[],
  { top, base, names }: { readonly top: number; readonly base: number; readonly names?: readonly number[] },
): void {
  context.font = font;
  context.textAlign = 'left';
  incarnations.forEach(({ start, end, cause, node }, place) => {
    const left = Math.max(-END_WIDTH, scale.x(start));
    const right = Math.min(width + END_WIDTH, end === undefined ? width + END_WIDTH : scale.x(end));
    if (right < 0 || left > width) return;
    context.fillStyle = colours[place % 2 === 0 ? 'lifetime' : 'lifetime-2'];
    context.fillRect(left, base - BAR_ABOVE_BASE, Math.max(2, right - left - 1), BAR_HEIGHT);
    if (!MEANT.has(cause)) {
      context.fillStyle = colours.critical;
      context.fillRect(right - END_WIDTH, base - BAR_ABOVE_BASE - END_REACH, END_WIDTH, BAR_HEIGHT + END_REACH);
    }
    const x = Math.max(0, left) + NAME_INDENT;
    const isHidden = names === undefined || names.some((mark) => mark > x - MARK_BEFORE && mark < x + MARK_WITHIN);
    if (isHidden || right - x < NAME_PX) return;
    context.fillStyle = colours['text-3'];
    context.fillText(incarnations.length > 1 ? `#${place + 1} ${node}` : node, x, top + 12);
  });
}
