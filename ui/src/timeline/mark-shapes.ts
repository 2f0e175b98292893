/** The shapes of marks, by place in SEVERITIES, as the legend has them: drawn once, and put down wherever one is. */
import { SEVERITIES } from '../../../src/core/severity.ts';
import type { Ink } from '../theme/ink.ts';

type Shape = (context: CanvasRenderingContext2D, radius: number) => void;

const SHAPES: readonly Shape[] = [square, triangle, diamond, circle];
/** How far a shape may reach beyond its radius, its outline included. */
const REACH = 4;
/** Of radii, in pixels: nobody sees less. */
const STEP = 0.5;
/** More outlines and radii than there are. */
const RADII = 64;

export interface Mark {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  /** Its place in SEVERITIES. */
  readonly severity: number;
  /** What is behind it ends so far before it does. */
  readonly outline: number;
}

/** A path that is stroked and filled takes a browser without a GPU three times as long as an image of it. */
export class MarkShapes {
  readonly #images = new Map<number, HTMLCanvasElement>();
  #ink: Ink | undefined;
  #ratio = 0;

  /** On whole pixels of the device, so that its edges are as sharp as they were drawn. */
  draw(context: CanvasRenderingContext2D, ink: Ink, { x, y, radius, severity, outline }: Mark): void {
    if (this.#ink !== ink || this.#ratio !== devicePixelRatio) {
      this.#images.clear();
      this.#ink = ink;
      this.#ratio = devicePixelRatio;
    }
    const ratio = this.#ratio;
    const step = Math.round(radius / STEP);
    const key = (severity * RADII + step) * RADII + Math.round(outline / STEP);
    const image = this.#images.get(key) ?? this.#create(key, { radius: step * STEP, severity, outline });
    const size = image.width / ratio;
    const left = Math.round((x - size / 2) * ratio) / ratio;
    const top = Math.round((y - size / 2) * ratio) / ratio;
    if (ratio === 1) context.drawImage(image, left, top);
    else context.drawImage(image, left, top, size, size);
  }

  #create(key: number, { radius, severity, outline }: Omit<Mark, 'x' | 'y'>): HTMLCanvasElement {
    const image = document.createElement('canvas');
    const { colours } = this.#ink ?? { colours: undefined };
    // An even number of pixels: its middle is between two of them, as a coordinate is.
    image.width = 2 * Math.ceil((radius + REACH) * this.#ratio);
    image.height = image.width;
    const context = image.getContext('2d');
    this.#images.set(key, image);
    if (!context || !colours) return image;
    context.translate(image.width / 2, image.height / 2);
    context.scale(this.#ratio, this.#ratio);
    context.fillStyle = colours[SEVERITIES[severity] ?? 'normal'];
    context.strokeStyle = colours.panel;
    context.lineWidth = outline;
    context.beginPath();
    SHAPES[severity]?.(context, radius);
    context.stroke();
    context.fill();
    return image;
  }
}

function square(context: CanvasRenderingContext2D, radius: number): void {
  context.rect(-radius, -radius, 2 * radius, 2 * radius);
}

function triangle(context: CanvasRenderingContext2D, radius: number): void {
  context.moveTo(0, -radius - 1);
  context.lineTo(radius + 1, radius);
  context.lineTo(-radius - 1, radius);
  context.closePath();
}

function diamond(context: CanvasRenderingContext2D, radius: number): void {
  const reach = radius + 2;
  context.moveTo(0, -reach);
  context.lineTo(reach, 0);
  context.lineTo(0, reach);
  context.lineTo(-reach, 0);
  context.closePath();
}

function circle(context: CanvasRenderingContext2D, radius: number): void {
  context.arc(0, 0, radius * 0.8, 0, 2 * Math.PI);
}
