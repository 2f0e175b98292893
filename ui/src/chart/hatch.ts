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

/** The tile is as many device pixels wide as it was made; it is laid from the canvas' corner, so that areas join. */
export function fillHatch(
  context: CanvasRenderingContext2D,
  tile: CanvasImageSource,
  { x, y, width, height }: Area,
): void {
  const pattern = context.createPattern(tile, 'repeat');
  if (!pattern) return;
  const { a } = context.getTransform();
  pattern.setTransform(new DOMMatrix().scale(1 / a));
  context.fillStyle = pattern;
  context.fillRect(x, y, width, height);
}
