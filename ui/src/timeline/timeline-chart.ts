/** The lanes on canvases: what is in view, what is pointed at and pinned. Nothing of it goes through a framework. */
import { CanvasBox, type Size } from '../chart/canvas-box.ts';
import { Tooltip } from '../chart/tooltip.ts';
import type { TimeRange } from '../time/time-range.ts';
import { timeScale } from '../time/time-scale.ts';
import { RULER_HEIGHT } from './frame.ts';
import { Gestures, type Point } from './gestures.ts';
import { nextWarning } from './hit-test.ts';
import { LaneLabels } from './lane-labels.ts';
import { type LookedAt, pinnedAt, pointedAt, wordsAt } from './looked-at.ts';
import { Moving } from './moving.ts';
import { drawOverlay } from './overlay.ts';
import { panned, windowOf, windowText, within, zoomedAround } from './time-window.ts';
import { laneHeightOf, TimelinePainter } from './timeline-painter.ts';
import type { TimelineRows } from './timeline-rows.ts';
import type { TimelineActions, TimelineView } from './timeline-view.ts';
import { pictureWords } from './timeline-words.ts';

/** What was counted is looked at so many times closer. */
const CLOSER = 1 / 8;

export class TimelineChart {
  readonly #host: HTMLElement;
  readonly #actions: TimelineActions;
  readonly #plot = part('lane-plot');
  readonly #band = part('brush choice');
  readonly #space = part('lanes-space');
  readonly #labels: LaneLabels;
  readonly #painter = new TimelinePainter();
  readonly #over: CanvasBox;
  readonly #marks: CanvasBox;
  readonly #tooltip: Tooltip;
  readonly #gestures: Gestures;
  readonly #moving: Moving;
  readonly #listening = new AbortController();
  #view: TimelineView | undefined;
  #size: Size = { width: 0, height: 0 };
  #pointer: Point | undefined;
  #focus = 0;
  /** What was last said of it: the address has that a moment later. */
  #rested = '';
  /** Where the pinned event is in what is drawn. */
  #pin: { readonly data: TimelineRows; readonly sel: string; readonly row: number | undefined } | undefined;

  constructor(host: HTMLElement, actions: TimelineActions) {
    this.#host = host;
    this.#actions = actions;
    const inView = part('lanes-view');
    const labels = part('lane-labels');
    const clip = part('lane-clip');
    clip.append(labels);
    inView.append(clip, this.#plot);
    host.append(inView, this.#space);
    this.#band.hidden = true;
    this.#plot.append(this.#band);
    this.#plot.setAttribute('role', 'img');
    this.#labels = new LaneLabels(labels, { onToggle: (place) => this.#press(place) });
    // The order of their frames: the overlay measures its box before labels are moved.
    this.#marks = new CanvasBox(this.#plot, (context, size) => this.#paint(context, size));
    this.#over = new CanvasBox(this.#plot, (context, size) => this.#paintOver(context, size));
    this.#marks.canvas.className = 'lane-marks';
    this.#over.canvas.className = 'lane-over';
    this.#tooltip = new Tooltip(this.#plot);
    this.#moving = new Moving({
      onMove: (window) => {
        this.#repaint();
        actions.onMove(window);
      },
      onRest: (window) => {
        if (!this.#view) return;
        this.#rested = windowText(window, this.#view.range);
        actions.onRest(this.#rested);
      },
    });
    host.addEventListener('scroll', () => this.#repaint(), { passive: true, signal: this.#listening.signal });
    this.#gestures = new Gestures(host, this.#plot, {
      onPan: (dx, dy) => {
        if (dy !== 0) host.scrollTop += dy;
        if (dx !== 0) this.#set(panned(this.window, dx / Math.max(1, this.#size.width)));
      },
      onZoom: (factor, x) => this.#set(zoomedAround(this.window, factor, this.#timeAt(x))),
      onPoint: (at) => this.#point(at),
      onPress: (at) => this.#pressAt(at),
      onBand: (band) => this.#showBand(band),
      onChoose: (from, to) => this.#glide({ from: this.#timeAt(from), to: this.#timeAt(to) }),
    });
  }

  get window(): TimeRange {
    return this.#moving.window;
  }

  show(view: TimelineView): void {
    const before = this.#view;
    const focused = before?.shown[this.#focus]?.lane;
    const id = focused === undefined ? undefined : before?.base.lanes[focused]?.id;
    this.#view = view;
    const { shown, base, range, gaps, texts, clock } = view;
    this.#focus = Math.max(
      0,
      shown.findIndex(({ lane, more }) => more === undefined && base.lanes[lane]?.id === id),
    );
    if (before?.win !== view.win || before.range !== range) this.#follow(view, before);
    this.#plot.setAttribute(
      'aria-label',
      pictureWords({ data: base, range, lanes: shown.length, gaps: gaps.length }, texts, clock),
    );
    this.#tooltip.hide();
    this.#repaint();
  }

  /** To where it is asked to be. A hand that moves it says where that is when it rests: until then it keeps it. */
  #follow({ win, range }: TimelineView, before: TimelineView | undefined): void {
    const isNoNews = win === before?.win || win === this.#rested;
    if (isNoNews && this.#isHeldIn(range)) return;
    const isOurs = before !== undefined && windowText(this.window, before.range) === win && win !== '';
    this.#moving.set(isOurs ? within(this.window, range) : windowOf(win, range), { isResting: true });
  }

  #isHeldIn(range: TimeRange): boolean {
    const { from, to } = this.window;
    return (this.#moving.isMoving || this.#gestures.isUnderWay) && to > range.from && from < range.to;
  }

  close(): void {
    this.#listening.abort();
    this.#moving.close();
    this.#gestures.close();
    this.#tooltip.remove();
    this.#marks.close();
    this.#over.close();
    this.#host.replaceChildren();
  }

  /** By a factor around the pointer, or the middle. */
  zoom(factor: number): void {
    const window = this.#moving.destination;
    const at = this.#pointer ? timeScale(window, 0, this.#size.width).timeAt(this.#pointer.x) : middleOf(window);
    this.#glide(zoomedAround(window, factor, at));
  }

  pan(share: number): void {
    this.#glide(panned(this.#moving.destination, share));
  }

  /** To a part of the range, or all of it. */
  goTo(window: TimeRange | undefined): void {
    if (this.#view) this.#glide(window ?? this.#view.range);
  }

  /** As {@link goTo}, without a way there: a hand moves it. */
  moveTo(window: TimeRange): void {
    this.#set(window);
  }

  /** To another lane. */
  step(by: number): void {
    const view = this.#view;
    if (!view) return;
    this.#focus = Math.min(Math.max(this.#focus + by, 0), Math.max(0, view.shown.length - 1));
    const height = laneHeightOf(view, this.#size.height);
    const top = this.#focus * height;
    const { scrollTop } = this.#host;
    const room = this.#size.height - RULER_HEIGHT;
    if (top < scrollTop) this.#host.scrollTop = top;
    else if (top + height > scrollTop + room) this.#host.scrollTop = top + height - room;
    // At once, for the key after this one; what is not in view yet follows with its frame.
    if (this.#labels.hasFocus) this.#labels.focus(this.#focus);
    this.#repaint();
  }

  /** Opens or closes the lane that keys act on. */
  toggle(): void {
    this.#press(this.#focus);
  }

  /** Pins the next thing in the lane that warns, in either direction. */
  jump(direction: 1 | -1): void {
    const view = this.#view;
    const lane = view?.shown[this.#focus]?.lane;
    if (!view || lane === undefined) return;
    const { from, to } = this.window;
    const data = this.#data(view);
    const pinned = this.#pinnedRow(view);
    const at = pinned === undefined ? middleOf(this.window) : (data.time[pinned] ?? 0);
    const row = nextWarning(data, lane, { row: pinned, at }, direction);
    if (row === undefined) return;
    const time = data.time[row] ?? 0;
    if (time < from || time > to) this.#glide({ from: time - (to - from) / 2, to: time + (to - from) / 2 });
    this.#actions.onPin(data.id(row) ?? '');
  }

  /** As close as it is known of all that is in view. */
  #data({ base, closer }: TimelineView): TimelineRows {
    const { from, to } = this.window;
    return closer && closer.range.from <= from && closer.range.to >= to ? closer.data : base;
  }

  #pinnedRow(view: TimelineView): number | undefined {
    const { sel } = view;
    const data = this.#data(view);
    if (this.#pin?.data !== data || this.#pin.sel !== sel)
      this.#pin = { data, sel, row: sel === '' ? undefined : data.rowOf(sel) };
    return this.#pin.row;
  }

  #set(window: TimeRange): void {
    if (this.#view) this.#moving.set(within(window, this.#view.range));
  }

  #glide(window: TimeRange): void {
    if (this.#view) this.#moving.glide(within(window, this.#view.range));
  }

  #timeAt(x: number): number {
    return timeScale(this.window, 0, this.#size.width).timeAt(x);
  }

  #repaint(): void {
    this.#repaintOver();
    this.#marks.repaint();
  }

  #repaintOver(): void {
    const isOver = this.#pointer !== undefined || (this.#view !== undefined && this.#view.sel !== '');
    // A layer that shows nothing costs as much as one that does.
    if (this.#over.canvas.hidden === isOver) this.#over.canvas.hidden = !isOver;
    if (isOver) this.#over.repaint();
  }

  #paint(context: CanvasRenderingContext2D, size: Size): void {
    const view = this.#view;
    if (!view) return;
    this.#size = size;
    const laneHeight = laneHeightOf(view, size.height);
    const frame = this.#painter.frame(view, size, {
      context,
      data: this.#data(view),
      window: this.window,
      scroll: this.#host.scrollTop,
    });
    this.#painter.paint(frame, view, this.#focus);
    const hadFocus = this.#labels.hasFocus;
    const { texts, isBracketed, base, range } = view;
    this.#labels.show(frame, texts, { focus: this.#focus, isBracketed, isLower: base.isLowerOver(range) });
    if (hadFocus) this.#labels.focus(this.#focus);
    this.#reach(view.shown.length * laneHeight, size.height - RULER_HEIGHT);
  }

  /** How far lanes can be scrolled. */
  #reach(content: number, room: number): void {
    const height = `${Math.max(0, Math.ceil(content - room))}px`;
    if (this.#space.style.height !== height) this.#space.style.height = height;
  }

  #paintOver(context: CanvasRenderingContext2D, size: Size): void {
    const view = this.#view;
    if (!view) return;
    const scale = timeScale(this.window, 0, size.width);
    const pointer = this.#pointer && {
      x: this.#pointer.x,
      time: view.clock.time(scale.timeAt(this.#pointer.x)),
    };
    const row = this.#pinnedRow(view);
    const looked = this.#looked();
    const pinned = row === undefined || !looked ? undefined : pinnedAt(looked, row);
    drawOverlay(context, size, { pinned, pointer, scale });
  }

  #point(at: Point | undefined): void {
    this.#pointer = at;
    this.#repaintOver();
    if (at) this.#tell(at);
    else this.#tooltip.hide();
  }

  /** What is there, in words. */
  #tell(at: Point): void {
    const looked = this.#looked();
    const words = looked && wordsAt(looked, at);
    if (words) this.#tooltip.show(words, at.x, at.y);
    else this.#tooltip.hide();
  }

  #looked(): LookedAt | undefined {
    const view = this.#view;
    return (
      view && {
        view,
        data: this.#data(view),
        window: this.window,
        size: this.#size,
        scroll: this.#host.scrollTop,
        hasShapes: (lane) => this.#painter.hasShapes(lane),
      }
    );
  }

  #pressAt(at: Point): void {
    const looked = this.#looked();
    if (!looked || at.y < RULER_HEIGHT) return;
    const { data, view } = looked;
    const { place, rows } = pointedAt(looked, at);
    if (place < view.shown.length) this.#focus = place;
    const row = rows[0];
    const id = row === undefined ? '' : data.id(row);
    // What was only counted is no event: it is looked at closer.
    if (row !== undefined && id === undefined) this.#glide(zoomedAround(this.window, CLOSER, data.time[row] ?? 0));
    else this.#actions.onPin(id ?? '');
    // A finger points at nothing before it presses.
    if (row === undefined) this.#tell(at);
    this.#repaint();
  }

  #press(place: number): void {
    const view = this.#view;
    const shown = view?.shown[place];
    if (!view || !shown) return;
    this.#focus = place;
    this.#repaint();
    const id = view.base.lanes[shown.lane]?.id;
    if (shown.isOpen !== undefined && id !== undefined) this.#actions.onToggle(id);
  }

  #showBand(band: { readonly from: number; readonly to: number } | undefined): void {
    this.#band.hidden = band === undefined;
    if (!band || !this.#view) return;
    this.#band.style.left = `${band.from}px`;
    this.#band.style.width = `${band.to - band.from}px`;
    this.#band.dataset['words'] = this.#view.texts.duration(this.#timeAt(band.to) - this.#timeAt(band.from));
  }
}

function middleOf({ from, to }: TimeRange): number {
  return (from + to) / 2;
}

function part(className: string): HTMLElement {
  const created = document.createElement('div');
  created.className = className;
  return created;
}
