/** What floats beside a pointer over a chart. Never needed: all of it is also said elsewhere. */

export interface TooltipLine {
  readonly colour?: string;
  readonly label: string;
  readonly value: string;
}

export interface TooltipContent {
  readonly title: string;
  readonly lines: readonly TooltipLine[];
  /** A warning, or what there is to say without numbers. */
  readonly note?: string;
}

const DISTANCE = 14;

export class Tooltip {
  readonly #box: HTMLElement;
  readonly #element: HTMLElement;

  constructor(box: HTMLElement) {
    this.#box = box;
    this.#element = element('div', 'tooltip');
    this.#element.setAttribute('aria-hidden', 'true');
    this.#element.hidden = true;
    box.append(this.#element);
  }

  /** On the side of `x` where there is more room. */
  show({ title, lines, note }: TooltipContent, x: number): void {
    this.#element.replaceChildren(
      element('b', '', title),
      ...lines.map(lineElement),
      ...(note === undefined ? [] : [element('p', 'tooltip-note', note)]),
    );
    this.#element.hidden = false;
    const { clientWidth } = this.#box;
    const { offsetWidth } = this.#element;
    const left = x < clientWidth / 2 ? x + DISTANCE : x - offsetWidth - DISTANCE;
    this.#element.style.left = `${Math.min(Math.max(left, 8), clientWidth - offsetWidth - 8)}px`;
  }

  hide(): void {
    this.#element.hidden = true;
  }

  remove(): void {
    this.#element.remove();
  }
}

function lineElement({ colour, label, value }: TooltipLine): HTMLElement {
  const swatch = element('i', 'tooltip-swatch');
  swatch.style.background = colour ?? 'none';
  const line = element('div', 'tooltip-line');
  line.append(swatch, element('bdi', '', label), element('b', '', value));
  return line;
}

function element(name: string, className: string, text?: string): HTMLElement {
  const created = document.createElement(name);
  created.className = className;
  // As a text node: some of it was written by whoever writes events.
  if (text !== undefined) created.textContent = text;
  return created;
}
