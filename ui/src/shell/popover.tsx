import { createContext, type ReactNode, use, useEffect, useEffectEvent, useId, useRef, useState } from 'react';

interface PopoverProps {
  readonly className?: string;
  readonly label: string;
  /** What the button shows. */
  readonly button: ReactNode;
  readonly children: ReactNode;
}

const Closing = createContext(() => {});

/** For what is in a popover and done. */
export function useClosePopover(): () => void {
  return use(Closing);
}

/** A button, and what it opens beside it; a click elsewhere and Escape close it, and the focus returns. */
export function Popover({ className = '', label, button, children }: PopoverProps) {
  const [isOpen, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const id = useId();
  const close = () => {
    setOpen(false);
    opener.current?.focus();
  };
  const onElsewhere = useEffectEvent((event: PointerEvent) => {
    if (event.target instanceof Node && !place.current?.contains(event.target)) setOpen(false);
  });
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    close();
  });
  useEffect(() => {
    if (!isOpen) return undefined;
    document.addEventListener('pointerdown', onElsewhere);
    // Before those of the page, for which Escape means something else.
    document.addEventListener('keydown', onKey, { capture: true });
    place.current?.querySelector<HTMLElement>('.popover button, .popover input')?.focus();
    return () => {
      document.removeEventListener('pointerdown', onElsewhere);
      document.removeEventListener('keydown', onKey, { capture: true });
    };
  }, [isOpen]);
  return (
    <div className={`popover-place ${className}`} ref={place}>
      <button
        type="button"
        className="control"
        ref={opener}
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setOpen(!isOpen)}
      >
        {button}
      </button>
      {isOpen && (
        <div className="popover" id={id} role="dialog" aria-label={label}>
          <Closing value={close}>{children}</Closing>
        </div>
      )}
    </div>
  );
}
