import { onThemeChange } from '../theme/theme.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Paints in CSS pixels on a canvas that is as large as the box. */
export type Paint = (context: CanvasRenderingContext2D, size: Size) => void;

/** A canvas that fills a box, in the device's own pixels, and is painted at most once a frame. */
export class CanvasBox {
  readonly canvas: HTMLCanvasElement;
  readonly #box: HTMLElement;
  readonly #paint: Paint;
  readonly #resizing: ResizeObserver;
  readonly #unsubscribe: () => void;
  #frame = 0;
  /** As it was when the browser last laid it out: to ask for it is to lay it out at once, with every frame. */
  #size: Size | undefined;

  constructor(box: HTMLElement, paint: Paint) {
    this.#box = box;
    this.#paint = paint;
    this.canvas = document.createElement('canvas');
    // What it shows is said in words by what holds it.
    this.canvas.setAttribute('aria-hidden', 'true');
    box.prepend(this.canvas);
    this.#resizing = new ResizeObserver(() => {
      this.#size = undefined;
      this.repaint();
    });
    this.#resizing.observe(box);
    this.#unsubscribe = onThemeChange(() => this.repaint());
  }

  /** With the next frame. */
  repaint(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
    this.#resizing.disconnect();
    this.#unsubscribe();
    this.canvas.remove();
  }

  #draw(): void {
    this.#size ??= { width: this.#box.clientWidth, height: this.#box.clientHeight };
    const { width, height } = this.#size;
    const context = this.canvas.getContext('2d');
    if (width === 0 || height === 0 || !context) return;
    const ratio = devicePixelRatio;
    const [pixelWidth, pixelHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== pixelWidth || this.canvas.height !== pixelHeight) {
      this.canvas.width = pixelWidth;
      this.canvas.height = pixelHeight;
      this.canvas.style.width = `${width}px`;
      this.canvas.style.height = `${height}px`;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    this.#paint(context, this.#size);
  }
}
