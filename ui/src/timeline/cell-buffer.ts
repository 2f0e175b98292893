/**
 * Rectangles of few colours, gathered for a frame and painted at once: one fill style a colour while they are few, as
 * pixels of an image when they are many, which costs the same however many there are.
 */

/** A rectangle takes as long as so many pixels of an image do. */
const PIXELS_A_RECTANGLE = 400;
const FIELDS = 4;

export class CellBuffer {
  #boxes = new Float32Array(FIELDS * 4_096);
  #inks = new Uint8Array(4_096);
  #size = 0;
  #image: ImageData | undefined;
  /** Of the image. */
  #pixels = new Uint32Array(0);
  readonly #canvas = document.createElement('canvas');

  clear(): void {
    this.#size = 0;
  }

  /** In CSS pixels; `ink` is the place of its colour. */
  add(ink: number, x: number, y: number, width: number, height: number): void {
    if (this.#size === this.#inks.length) this.#grow();
    const at = this.#size * FIELDS;
    this.#inks[this.#size++] = ink;
    this.#boxes[at] = x;
    this.#boxes[at + 1] = y;
    this.#boxes[at + 2] = width;
    this.#boxes[at + 3] = height;
  }

  /** Over what is there. Colours are six hexadecimal digits behind a #, with an opacity of their own. */
  paint(context: CanvasRenderingContext2D, inks: readonly CellInk[]): void {
    const { width, height } = context.canvas;
    if (this.#size * PIXELS_A_RECTANGLE < width * height) this.#fill(context, inks);
    else this.#rasterise(context, inks);
  }

  #fill(context: CanvasRenderingContext2D, inks: readonly CellInk[]): void {
    inks.forEach(({ colour, opacity }, ink) => {
      context.fillStyle = colour;
      context.globalAlpha = opacity;
      for (let cell = 0; cell < this.#size; cell++) {
        if (this.#inks[cell] !== ink) continue;
        const at = cell * FIELDS;
        const boxes = this.#boxes;
        context.fillRect(boxes[at] ?? 0, boxes[at + 1] ?? 0, boxes[at + 2] ?? 0, boxes[at + 3] ?? 0);
      }
    });
    context.globalAlpha = 1;
  }

  #rasterise(context: CanvasRenderingContext2D, inks: readonly CellInk[]): void {
    const { width, height } = context.canvas;
    const ratio = context.getTransform().a;
    const image = this.#imageOf(width, height);
    const pixels = this.#pixels.fill(0);
    const boxes = this.#boxes;
    const places = this.#inks;
    const colours = Uint32Array.from(inks, pixelOf);
    for (let cell = 0, at = 0; cell < this.#size; cell++, at += FIELDS) {
      const x = boxes[at] ?? 0;
      const y = boxes[at + 1] ?? 0;
      const left = Math.max(0, Math.round(x * ratio));
      const right = Math.min(width, Math.round((x + (boxes[at + 2] ?? 0)) * ratio));
      const first = Math.max(0, Math.round(y * ratio)) * width;
      const end = Math.min(height, Math.round((y + (boxes[at + 3] ?? 0)) * ratio)) * width;
      const pixel = colours[places[cell] ?? 0] ?? 0;
      for (let row = first; row < end; row += width) {
        for (let place = row + left; place < row + right; place++) pixels[place] = pixel;
      }
    }
    this.#canvas.getContext('2d')?.putImageData(image, 0, 0);
    // As it is: an image that is not scaled is laid down faster.
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(this.#canvas, 0, 0);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  #imageOf(width: number, height: number): ImageData {
    if (this.#image?.width === width && this.#image.height === height) return this.#image;
    this.#image = new ImageData(width, height);
    this.#pixels = new Uint32Array(this.#image.data.buffer);
    this.#canvas.width = width;
    this.#canvas.height = height;
    return this.#image;
  }

  #grow(): void {
    const [boxes, inks] = [this.#boxes, this.#inks];
    this.#boxes = new Float32Array(2 * boxes.length);
    this.#boxes.set(boxes);
    this.#inks = new Uint8Array(2 * inks.length);
    this.#inks.set(inks);
  }
}

export interface CellInk {
  readonly colour: string;
  readonly opacity: number;
}

/** As ImageData has it in memory, the red first: every machine that runs browsers is little-endian. */
function pixelOf({ colour, opacity }: CellInk): number {
  const value = Number.parseInt(colour.slice(1), 16);
  const alpha = Math.round(opacity * 255);
  return ((alpha << 24) | ((value & 0xff) << 16) | (value & 0xff00) | (value >> 16)) >>> 0;
}
