/** What moves with the pointer, on a canvas of its own: hovering repaints no mark. */
import type { Size } from '../chart/canvas-box.ts';
import { ink } from '../theme/ink.ts';
import type { TimeScale } from '../time/time-scale.ts';
import { RULER_HEIGHT } from './frame.ts';

export interface Pinned {
  readonly at: number;
  /** Undefined while its lane is not shown. */
  readonly lane: { readonly top: number; readonly height: number } | undefined;
}

const RING_RADIUS = 8;
const FLAG_HEIGHT = 17;
const FLAG_PADDING = 6;

export function drawOverlay(
  context: CanvasRenderingContext2D,
  { width, height }: Size,
  {
    pinned,
    pointer,
    scale,
  }: { pinned: Pinned | undefined; pointer: { x: number; time: string } | undefined; scale: TimeScale },
): void {
  const { colours, font } = ink();
  if (pinned) {
    const x = scale.x(pinned.at);
    context.fillStyle = colours.accent;
    context.fillRect(x - 0.5, RULER_HEIGHT, 1, height);
    if (pinned.lane && pinned.lane.top >= RULER_HEIGHT - pinned.lane.height / 2) {
      context.strokeStyle = colours.accent;
      context.lineWidth = 2;
      context.strokeRect(x - RING_RADIUS, pinned.lane.top + 1, 2 * RING_RADIUS, Math.max(6, pinned.lane.height - 3));
    }
  }
  if (!pointer) return;
  context.fillStyle = colours['text-3'];
  context.fillRect(Math.round(pointer.x), RULER_HEIGHT, 1, height);
  context.font = font;
  const flag = context.measureText(pointer.time).width + 2 * FLAG_PADDING;
  const left = Math.min(width - flag, Math.max(0, pointer.x - flag / 2));
  context.fillStyle = colours.text;
  context.fillRect(left, 4, flag, FLAG_HEIGHT);
  context.fillStyle = colours.panel;
  context.textAlign = 'left';
  context.fillText(pointer.time, left + FLAG_PADDING, 16);
}
