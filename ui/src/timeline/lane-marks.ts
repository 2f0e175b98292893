/** A lane with few marks: a shape each, and what it says where there is room. */
import { SEVERITIES } from '../../../src/core/severity.ts';
import type { Frame } from './frame.ts';
import type { MarkGroup } from './mark-groups.ts';

const LEAST_RADIUS = 3;
const MOST_RADIUS = 6;
const LABEL_DISTANCE = 5;
const LABEL_MARGIN = 12;
const OUTLINE = 1.5;
const CHANGE_RADIUS = 4;

type Shape = (context: CanvasRenderingContext2D, x: number, y: number, radius: number) => void;

/** By place in SEVERITIES, as the legend has them. */
const SHAPES: readonly Shape[] = [square, triangle, diamond, circle];

/** `y` is the middle of the shapes; words stand there too, or above on a baseline of their own. */
export function drawMarks(
  frame: Frame,
  groups: readonly MarkGroup[],
  { y, baseline }: { readonly y: number; readonly baseline?: number },
): void {
  const { context, ink, data, width } = frame;
  const { colours } = ink;
  context.font = ink.font;
  context.textAlign = 'left';
  groups.forEach((group, place) => {
    const { x, severity, count, others, row } = group;
    const radius = Math.min(MOST_RADIUS, LEAST_RADIUS + Math.log2(count) * 0.6);
    drawShape(frame, { x, y, radius, severity });
    const reason = data.reason(row);
    if (reason === '') return;
    const words = others > 0 ? `${reason} +${others}` : reason;
    const free = (groups[place + 1]?.x ?? width) - x;
    if (free < context.measureText(words).width + radius + LABEL_DISTANCE + LABEL_MARGIN) return;
    context.fillStyle = SEVERITIES[severity] === 'normal' ? colours['text-3'] : colours.text;
    context.fillText(words, x + radius + LABEL_DISTANCE, baseline ?? y + 4);
  });
}

function drawShape(
  { context, ink: { colours } }: Frame,
  { x, y, radius, severity }: { x: number; y: number; radius: number; severity: number },
): void {
  context.fillStyle = colours[SEVERITIES[severity] ?? 'normal'];
  // What is behind it ends before it does.
  context.strokeStyle = colours.panel;
  context.lineWidth = OUTLINE;
  context.beginPath();
  SHAPES[severity]?.(context, x, y, radius);
  context.stroke();
  context.fill();
}

/** When something was changed, apart from how much happened: at the top of a lane, and through the lanes in it. */
export function drawChanges(
  { context, ink: { colours } }: Frame,
  changes: readonly number[],
  { top, through }: { readonly top: number; readonly through: number },
): void {
  if (changes.length === 0) return;
  const y = top + 2 + CHANGE_RADIUS;
  context.fillStyle = colours.change;
  context.strokeStyle = colours.panel;
  context.lineWidth = 1;
  context.beginPath();
  for (const x of changes) diamond(context, x + 1, y, CHANGE_RADIUS - 2);
  context.stroke();
  context.fill();
  if (through === 0) return;
  context.globalAlpha = 0.5;
  for (const x of changes) context.fillRect(x + 0.5, y + CHANGE_RADIUS, 1, through - 2 * CHANGE_RADIUS);
  context.globalAlpha = 1;
}

function square(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.rect(x - radius, y - radius, 2 * radius, 2 * radius);
}

function triangle(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.moveTo(x, y - radius - 1);
  context.lineTo(x + radius + 1, y + radius);
  context.lineTo(x - radius - 1, y + radius);
  context.closePath();
}

function diamond(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  const reach = radius + 2;
  context.moveTo(x, y - reach);
  context.lineTo(x + reach, y);
  context.lineTo(x, y + reach);
  context.lineTo(x - reach, y);
  context.closePath();
}

function circle(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.moveTo(x + radius * 0.8, y);
  context.arc(x, y, radius * 0.8, 0, 2 * Math.PI);
}
