/** A lane with few marks: a shape each, and what it says where there is room. */
import { SEVERITIES } from '../../../src/core/severity.ts';
import { textWidth } from '../chart/text-width.ts';
import type { Frame } from './frame.ts';
import type { MarkGroup } from './mark-groups.ts';

const LEAST_RADIUS = 3;
const MOST_RADIUS = 6;
const LABEL_DISTANCE = 5;
const LABEL_MARGIN = 12;
const OUTLINE = 1.5;
const CHANGE_RADIUS = 4;
const CHANGE = SEVERITIES.indexOf('change');

/** `y` is the middle of the shapes; words stand there too, or above on a baseline of their own. */
export function drawMarks(
  frame: Frame,
  groups: readonly MarkGroup[],
  { y, baseline }: { readonly y: number; readonly baseline?: number },
): void {
  const { context, ink, data, width, shapes } = frame;
  const { colours } = ink;
  context.font = ink.font;
  context.textAlign = 'left';
  groups.forEach((group, place) => {
    const { x, severity, count, others, row } = group;
    const radius = Math.min(MOST_RADIUS, LEAST_RADIUS + Math.log2(count) * 0.6);
    shapes.draw(context, ink, { x, y, radius, severity, outline: OUTLINE });
    const free = (groups[place + 1]?.x ?? width) - x - radius - LABEL_DISTANCE - LABEL_MARGIN;
    const reason = free > 0 ? data.reason(row) : '';
    if (reason === '') return;
    const words = others > 0 ? `${reason} +${others}` : reason;
    if (free < textWidth(context, ink.font, words)) return;
    context.fillStyle = SEVERITIES[severity] === 'normal' ? colours['text-3'] : colours.text;
    context.fillText(words, x + radius + LABEL_DISTANCE, baseline ?? y + 4);
  });
}

/** When something was changed, apart from how much happened: at the top of a lane, and through the lanes in it. */
export function drawChanges(
  { context, ink, shapes }: Frame,
  changes: readonly number[],
  { top, through }: { readonly top: number; readonly through: number },
): void {
  if (changes.length === 0) return;
  const y = top + 2 + CHANGE_RADIUS;
  for (const x of changes)
    shapes.draw(context, ink, { x: x + 1, y, radius: CHANGE_RADIUS - 2, severity: CHANGE, outline: 1 });
  if (through === 0) return;
  context.fillStyle = ink.colours.change;
  context.globalAlpha = 0.5;
  for (const x of changes) context.fillRect(x + 0.5, y + CHANGE_RADIUS, 1, through - 2 * CHANGE_RADIUS);
  context.globalAlpha = 1;
}
