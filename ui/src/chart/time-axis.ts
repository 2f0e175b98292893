import type { Ink } from '../theme/ink.ts';
import type { Tick } from '../time/ticks.ts';
import type { TimeScale } from '../time/time-scale.ts';

const MARK = 4;
const MARGIN = 2;

/** Draws marks from `y` down, and their labels on `baseline`, none of them cut off. */
export function drawTimeAxis(
  context: CanvasRenderingContext2D,
  { colours, font }: Ink,
  { scale, ticks, y, baseline }: { scale: TimeScale; ticks: readonly Tick[]; y: number; baseline: number },
): void {
  context.font = font;
  context.textAlign = 'center';
  for (const { at, label, isMajor } of ticks) {
    const x = scale.x(at);
    context.fillStyle = colours.line;
    context.fillRect(Math.round(x), y, 1, MARK);
    context.fillStyle = isMajor ? colours.text : colours['text-3'];
    const half = context.measureText(label).width / 2;
    const least = half + MARGIN;
    const most = scale.right - half + MARGIN;
    context.fillText(label, Math.min(Math.max(x, least), most), baseline);
  }
}
