import { visibleText } from '../message/visible-text.ts';

/** A name where there is room for letters alone: what cannot be seen stands there by its number. */
export function visibleName(text: string): string {
  return visibleText(text)
    .map((part) => part.text)
    .join('');
}
