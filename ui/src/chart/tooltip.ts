/** What floats beside a pointer over a chart. Never needed: all of it is also said elsewhere. */
import type { Severity } from '../../../src/core/severity.ts';

export interface TooltipLine {
  readonly colour?: string;
  /** In its own colour and shape. */
  readonly severity?: Severity;
  readonly label: string;
  readonly value: string;
}

export interface TooltipContent {
  readonly title: string;
  readonly subtitle?: string;
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

  /** On the side of `x` where there is more room; below `y`, as far as there is room. */
  show({ title, subtitle, lines, note }: TooltipContent, x: number, y?: number): void {
    this.#element.replaceChildren(
      element('b', '', title),
      ...(subtitle === undefined ? [] : [element('div', 'tooltip-subtitle', subtitle)]),
      ...lines.map(lineElement),
      ...(note === undefined ? [] : [element('p', 'tooltip-note', note)]),
    );
    this.#element.hidden = false;
    const { clientWidth, clientHeight } = this.#box;
    const { offsetWidth, offsetHeight } = this.#element;
    const left = x < clientWidth / 2 ? x + DISTANCE : x - offsetWidth - DISTANCE;
    this.#element.style.left = `${Math.min(Math.max(left, 8), clientWidth - offsetWidth - 8)}px`;
    if (y !== undefined)
      this.#element.style.top = `${Math.max(4, Math.min(y + DISTANCE, clientHeight - offsetHeight - 8))}px`;
  }

  hide(): void {
    this.#element.hidden = true;
  }

  remove(): void {
    this.#element.remove();
  }
}

function lineElement({ colour, severity, label, value }: TooltipLine): HTMLElement {
  const swatch = element('i', 'tooltip-swatch');
  if (severity === undefined) swatch.style.background = colour ?? 'none';
  else swatch.dataset['severity'] = severity;
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
