/** One line that goes by itself: only for what the reader did a moment ago. */
import { useSyncExternalStore } from 'react';

const SHOWN_MS = 2_400;

let text = '';
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

export function toast(said: string): void {
  clearTimeout(timer);
  set(said);
  timer = setTimeout(() => set(''), SHOWN_MS);
}

function set(said: string): void {
  text = said;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Toast() {
  const shown = useSyncExternalStore(subscribe, () => text);
  return (
    <div className="toast" role="status" data-empty={shown === ''}>
      {shown}
    </div>
  );
}
