/**
 * The names of lanes: elements, so that they are read, focused and translated like everything else. As many as are in
 * view, used again for others; what did not change is not touched.
 */
import { countWords } from '../answer/count-words.ts';
import { nameEnds, writtenOut } from '../message/visible-text.ts';
import type { Texts } from '../text/texts.ts';
import type { Frame } from './frame.ts';
import { bracketsOf, type ShownLane, WORKLOAD_KINDS } from './shown-lanes.ts';
import type { Lane } from './timeline-rows.ts';

export interface LaneLabelsOptions {
  readonly onToggle: (place: number) => void;
}

interface LabelsView {
  /** The place of the lane that keys act on. */
  readonly focus: number;
  readonly isBracketed: boolean;
  /** Lanes may have more than they count. */
  readonly isLower: boolean;
}

interface Label {
  readonly row: HTMLElement;
  readonly button: HTMLButtonElement;
  readonly count: HTMLElement;
  place: number;
  /** What was last written into it, and where it was put. */
  content: string;
  position: string;
}

/** Of others the kind is said: a HorizontalPodAutoscaler has the name of what it scales. */
const EXPECTED_KINDS: ReadonlySet<string> = new Set([...WORKLOAD_KINDS, 'Pod', 'Node', 'Namespace']);
/** Lanes that are scrolled out of view keep their labels, so many of them: a hand goes to and fro. */
const SPARE = 6;
/** Of what labels are written by, the parts that each of them depends on. */
const OF_ALL = 6;
/** The place of a label that is hidden. */
const NOWHERE = -1;
/** A bracket that is lower has no room for a name. */
const LEAST_NAMED = 12;

export class LaneLabels {
  readonly #box: HTMLElement;
  readonly #options: LaneLabelsOptions;
  readonly #pool: Label[] = [];
  /** Those in view by the place they stand for: what is scrolled by is not written again. */
  #placed = new Map<number, Label>();
  #scroll = 0;
  /** What they were written by. */
  #content: readonly unknown[] = [];

  constructor(box: HTMLElement, options: LaneLabelsOptions) {
    this.#box = box;
    this.#options = options;
    box.setAttribute('role', 'treegrid');
    box.setAttribute('aria-colcount', '2');
  }

  show(frame: Frame, texts: Texts, { focus, isBracketed, isLower }: LabelsView): void {
    // Scrolling moves all of them as one.
    const scroll = Math.round(frame.scroll);
    if (scroll !== this.#scroll) this.#box.style.transform = `translateY(${-scroll}px)`;
    this.#scroll = scroll;
    const { shown, data, first, last, laneHeight } = frame;
    const content = [shown, data.lanes, laneHeight, texts, isBracketed, isLower, first, last, focus];
    // While time moves lanes do not.
    const isNew = content.map((part, place) => part !== this.#content[place]);
    if (!isNew.includes(true)) return;
    this.#content = content;
    // What is out of view stays only as long as it is right.
    const spare = isNew.slice(0, OF_ALL).includes(true) ? 0 : SPARE;
    setAttribute(this.#box, 'aria-label', texts.t('lanesLabel'));
    setAttribute(this.#box, 'aria-rowcount', String(frame.shown.length));
    if (isBracketed) this.#showBrackets(frame, texts);
    else this.#showLanes(frame, texts, { focus, isLower, spare });
  }

  /** The label of a lane in view takes the focus; where it has it already, or where somebody just came to the view. */
  focus(place: number): void {
    this.#placed.get(place)?.button.focus({ preventScroll: true });
  }

  get hasFocus(): boolean {
    return this.#box.contains(document.activeElement);
  }

  #showLanes(
    { shown, data, first, last, laneHeight }: Frame,
    texts: Texts,
    { focus, isLower, spare }: Omit<LabelsView, 'isBracketed'> & { readonly spare: number },
  ): void {
    const reachable = focus >= first && focus < last ? focus : first;
    const places = Array.from({ length: last - first }, (_, index) => first + index);
    const labels = this.#labelsOf(places, spare);
    let around: Lane | undefined;
    for (let place = firstOfTree(shown, first); place < last; place++) {
      const each = shown[place];
      if (each?.depth === 0) around = data.lanes[each.lane];
      if (place < first) continue;
      const lane = data.lanes[each?.lane ?? 0];
      const label = labels.get(place);
      if (!each || !lane || !label) continue;
      const parent = each.depth === 1 ? around : undefined;
      this.#put(label, place * laneHeight, laneHeight);
      setAttribute(label.row, 'aria-rowindex', String(place + 1));
      if (label.row.classList.contains('current') !== (place === focus)) label.row.classList.toggle('current');
      setAttribute(label.button, 'tabindex', place === reachable ? '0' : '-1');
      const total = countWords(lane.count, isLower, texts);
      this.#write(label, { each, lane, total, parent, laneHeight, texts });
    }
  }

  #showBrackets({ shown, data, laneHeight }: Frame, { number }: Texts): void {
    const brackets = bracketsOf(shown, data.lanes);
    const labels = this.#labelsOf(
      brackets.map(({ first }) => first),
      0,
    );
    for (const { namespace, first, lanes } of brackets) {
      const label = labels.get(first);
      if (!label) continue;
      const height = lanes * laneHeight;
      this.#put(label, first * laneHeight, height);
      label.row.classList.remove('current');
      setAttribute(label.row, 'aria-rowindex', String(first + 1));
      setAttribute(label.button, 'tabindex', '-1');
      const content = `bracket ${namespace} ${lanes} ${height < LEAST_NAMED}`;
      if (label.content === content) continue;
      label.content = content;
      label.row.dataset['depth'] = 'bracket';
      label.row.removeAttribute('aria-expanded');
      label.button.replaceChildren(...(height < LEAST_NAMED ? [] : [element('bdi', '', writtenOut(namespace))]));
      label.count.textContent = height < LEAST_NAMED ? '' : number(lanes);
    }
  }

  #write(
    label: Label,
    shown: { each: ShownLane; lane: Lane; total: string; parent: Lane | undefined; laneHeight: number; texts: Texts },
  ): void {
    const { each, lane, total, parent, laneHeight, texts } = shown;
    const { depth, isOpen, more } = each;
    const isNamed = laneHeight >= LEAST_NAMED;
    const content = [lane.id, total, depth, isOpen, more, isNamed, texts.language].join(' ');
    if (label.content === content) return;
    label.content = content;
    const { row, button, count } = label;
    row.dataset['depth'] = String(depth);
    setAttribute(row, 'aria-level', String(depth + 1));
    if (isOpen === undefined) row.removeAttribute('aria-expanded');
    else row.setAttribute('aria-expanded', String(isOpen));
    if (!isNamed) button.replaceChildren();
    else if (more !== undefined) button.replaceChildren(texts.t('more', { n: more }));
    else
      button.replaceChildren(element('span', 'caret', isOpen === undefined ? '' : '›'), ...nameOf(lane, parent, texts));
    count.textContent = isNamed && more === undefined ? total : '';
    button.title = more === undefined ? writtenOut(lane.name) : '';
  }

  /** One for each place: the one that stands for it already, else one that is hidden, a new one, or the farthest away. */
  #labelsOf(places: readonly number[], spare: number): ReadonlyMap<number, Label> {
    const wanted = new Set(places);
    const middle = places[places.length >> 1] ?? 0;
    const distance = ({ place }: Label) => (place === NOWHERE ? Number.POSITIVE_INFINITY : Math.abs(place - middle));
    const free = this.#pool
      .filter(({ place }) => !wanted.has(place))
      .toSorted((one, other) => distance(one) - distance(other));
    const placed = new Map(this.#pool.map((label) => [label.place, label]));
    for (const place of places) {
      if (placed.has(place)) continue;
      const isAtHand = free.at(-1)?.place === NOWHERE || this.#pool.length >= places.length + spare;
      const label = (isAtHand ? free.pop() : undefined) ?? this.#create();
      placed.delete(label.place);
      placed.set(place, label);
      label.place = place;
      if (label.row.hidden) label.row.hidden = false;
    }
    this.#placed = placed;
    this.#leave(free, spare);
    return placed;
  }

  /** Those out of view: as many as are spared stay where they are, for when they are scrolled back to. */
  #leave(free: readonly Label[], spare: number): void {
    free.forEach((label, nearness) => {
      setAttribute(label.button, 'tabindex', '-1');
      if (nearness < spare || label.place === NOWHERE) return;
      this.#placed.delete(label.place);
      label.place = NOWHERE;
      label.row.hidden = true;
    });
    this.#placed.delete(NOWHERE);
  }

  #create(): Label {
    const row = element('div', 'lane-label');
    const button = document.createElement('button');
    const count = element('span', 'lane-count');
    button.type = 'button';
    row.setAttribute('role', 'row');
    button.setAttribute('role', 'gridcell');
    count.setAttribute('role', 'gridcell');
    row.append(button, count);
    this.#box.append(row);
    const label: Label = { row, button, count, place: NOWHERE, content: '', position: '' };
    button.addEventListener('click', () => this.#options.onToggle(label.place));
    this.#pool.push(label);
    return label;
  }

  /** From where the first lane is. */
  #put(label: Label, top: number, height: number): void {
    const position = `${top} ${height}`;
    if (label.position === position) return;
    label.position = position;
    label.row.style.transform = `translateY(${top}px)`;
    label.row.style.height = `${height}px`;
  }
}

/** The lane around the first one in view. */
function firstOfTree(shown: readonly ShownLane[], first: number): number {
  let place = first;
  while (place > 0 && shown[place]?.depth === 1) place--;
  return place;
}

/** In an open lane only what tells its lanes apart. */
function nameOf({ namespace, name, kind }: Lane, parent: Lane | undefined, { t }: Texts): readonly Node[] {
  const prefix = parent === undefined || parent.name === '' ? '' : `${parent.name}-`;
  if (prefix !== '' && name.startsWith(prefix))
    return [element('bdi', 'name', `…${writtenOut(name.slice(prefix.length))}`)];
  const [start, end] = nameEnds(name === '' ? t('none') : name);
  const ends = element('bdi', 'name');
  ends.append(element('span', '', writtenOut(start)), ...(end === '' ? [] : [element('span', '', writtenOut(end))]));
  const place =
    namespace === '' || parent?.namespace === namespace ? [] : [element('small', '', `${writtenOut(namespace)}/`)];
  return [...place, ends, ...(EXPECTED_KINDS.has(kind) ? [] : [element('span', 'lane-kind', writtenOut(kind))])];
}

function setAttribute(element: HTMLElement, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

function element(name: string, className: string, text?: string): HTMLElement {
  const created = document.createElement(name);
  created.className = className;
  if (text !== undefined) created.textContent = text;
  return created;
}
