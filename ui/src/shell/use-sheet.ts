import { type RefObject, useEffectEvent, useLayoutEffect } from 'react';
import { useIsPhone } from '../theme/use-is-phone.ts';

/**
 * For what stands beside a view, and on a phone in front of it: there the focus goes into it and stays, Escape closes it,
 * and the focus returns to where it was.
 */
export function useSheet(sheet: RefObject<HTMLElement | null>, isOpen: boolean, onClose: () => void): void {
  const isInFront = useIsPhone() && isOpen;
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    // What is open within is closed first.
    if (event.key !== 'Escape' || document.querySelector('dialog[open]') || sheet.current?.querySelector('.popover'))
      return;
    event.preventDefault();
    onClose();
  });
  useLayoutEffect(() => {
    const box = sheet.current;
    if (!isInFront || !box) return undefined;
    const leave = enter(box);
    // Before those of the page, for which Escape means something else.
    document.addEventListener('keydown', onKey, { capture: true });
    return () => {
      document.removeEventListener('keydown', onKey, { capture: true });
      leave();
    };
  }, [sheet, isInFront]);
}

/** Takes the focus into the box, away from all around it, until what it returns is called. */
function enter(box: HTMLElement): () => void {
  const before = document.activeElement;
  const behind = elementsAround(box).filter((element) => !element.inert);
  for (const element of behind) element.inert = true;
  // Not a button in it: the key that opened it would press that too.
  box.tabIndex = -1;
  box.focus();
  return () => {
    for (const element of behind) element.inert = false;
    box.removeAttribute('tabindex');
    if (before instanceof HTMLElement && before.isConnected) before.focus();
  };
}

/** All that is neither in it nor around it, but for what is only said. */
function elementsAround(box: HTMLElement): readonly HTMLElement[] {
  const beside = Array.from(box.parentElement?.children ?? []).filter(
    (element): element is HTMLElement =>
      element instanceof HTMLElement && element !== box && !element.matches('[role="status"], [aria-live]'),
  );
  return box.parentElement && box.parentElement !== document.body
    ? [...beside, ...elementsAround(box.parentElement)]
    : beside;
}
