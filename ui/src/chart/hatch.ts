/** The texture of times at which nobody looked. */

const SIZE = 6;

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A square that repeats without a seam. */
export function hatchTile(colour: string, pixelRatio: number): HTMLCanvasElement {
  const tile = document.createElement('canvas');
  tile.width = Math.round(SIZE * pixelRatio);
  tile.height = tile.width;
  const context = tile.getContext('2d');
  if (!context) return tile;
  context.strokeStyle = colour;
  context.lineWidth = 1.25 * pixelRatio;
  context.beginPath();
  for (const shift of [-tile.width, 0, tile.width]) {
    context.moveTo(shift - 1, tile.height + 1);
    context.lineTo(shift + tile.width + 1, -1);
  }
  context.stroke();
  return tile;
}

/** As it was last laid, with the pixels of the device that a pixel had. */
const patterns = new WeakMap<object, { readonly pattern: CanvasPattern; readonly ratio: number }>();

/** The tile is as many device pixels wide as it was made; it is laid from the canvas' corner, so that areas join. */
export function fillHatch(
  context: CanvasRenderingContext2D,
  tile: HTMLCanvasElement,
  { x, y, width, height }: Area,
): void {
  const pattern = patternOf(context, tile);
  if (!pattern) return;
  context.fillStyle = pattern;
  context.fillRect(x, y, width, height);
}

function patternOf(context: CanvasRenderingContext2D, tile: HTMLCanvasElement): CanvasPattern | null {
  const { a: ratio } = context.getTransform();
  const known = patterns.get(tile);
  if (known?.ratio === ratio) return known.pattern;
  const pattern = context.createPattern(tile, 'repeat');
  pattern?.setTransform(new DOMMatrix().scale(1 / ratio));
  if (pattern) patterns.set(tile, { pattern, ratio });
  return pattern;
}
