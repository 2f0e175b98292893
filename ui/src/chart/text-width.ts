/** How wide words are on a canvas: the same few are measured in every frame. */

const MOST = 4_000;

let measured = new Map<string, number>();
let measuredFont = '';

/** In the font that the context has, which is given again: a context takes its time to tell. */
export function textWidth(context: CanvasRenderingContext2D, font: string, words: string): number {
  if (font !== measuredFont || measured.size > MOST) {
    measured = new Map();
    measuredFont = font;
  }
  const known = measured.get(words);
  if (known !== undefined) return known;
  const { width } = context.measureText(words);
  measured.set(words, width);
  return width;
}
