import { visibleText } from './visible-text.ts';

/** Text that anybody may have written: as text alone, and what cannot be seen as what it is. */
export function VisibleText({ text }: { readonly text: string }) {
  return visibleText(text).map((part, index) =>
    // oxlint-disable-next-line react/no-array-index-key -- parts of one text, never moved
    part.isMark ? (
      <span key={index} className="hidden-character">
        {part.text}
      </span>
    ) : (
      part.text
    ),
  );
}

/** In its own direction, whatever stands around it. */
export function Message({ text, className = '' }: { readonly text: string; readonly className?: string }) {
  return (
    <span className={`message ${className}`} dir="auto">
      <VisibleText text={text} />
    </span>
  );
}
