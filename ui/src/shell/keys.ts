/**
 * Single keys: only outside inputs, and those that write a character can be switched off.
 * https://www.w3.org/TR/WCAG22/#character-key-shortcuts
 */
import { useEffect, useEffectEvent } from 'react';

export type Keys = Readonly<Record<string, (event: KeyboardEvent) => void>>;

const KEY = 'tidings.keys';
/** A key that begins a pair waits so long for the other. */
const PAIR_MS = 900;

export function areKeysOn(): boolean {
  return localStorage.getItem(KEY) !== 'off';
}

export function switchKeys(on: boolean): void {
  if (on) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, 'off');
}

interface First {
  readonly event: KeyboardEvent;
  /** What came next: for all who listen it is the other one of a pair, and nothing by itself. */
  second?: KeyboardEvent;
}

let first: First | undefined;

/** Names are `z`, `Escape`, or `g e` for one after the other. While mounted, and while nothing is open in front. */
export function useKeys(keys: Keys): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (!isForPage(event)) return;
    const act = keys[nameOf(event)];
    if (Object.keys(keys).some((name) => name.startsWith(`${event.key} `))) first = { event };
    // What writes no character has a name: https://www.w3.org/TR/uievents-key/#named-key-attribute-values
    if (!act || (event.key.length === 1 && !areKeysOn())) return;
    event.preventDefault();
    act(event);
  });
  useEffect(() => {
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

function nameOf(event: KeyboardEvent): string {
  if (!first || first.event === event || event.timeStamp - first.event.timeStamp >= PAIR_MS) return event.key;
  first.second ??= event;
  return first.second === event ? `${first.event.key} ${event.key}` : event.key;
}

function isForPage({ key, target, ctrlKey, metaKey, altKey, defaultPrevented }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey || altKey || defaultPrevented || document.querySelector('dialog[open]')) return false;
  // What lies over a view scrolls by arrows.
  const own = key.startsWith('Arrow') ? 'input, select, textarea, .drawer, .popover' : 'input, select, textarea';
  return !(target instanceof Element && target.closest(own));
}
