import { useRouter } from '@tanstack/react-router';
import type { MouseEvent, ReactNode } from 'react';
import { useMemo } from 'react';
import type { EventRow } from '../api/questions.ts';
import { BASE } from '../api/tidings.ts';
import { writeAddress } from '../state/page-state.ts';
import { usePageState } from '../state/use-page-state.ts';
import { type ObjectPlace, pathOf } from './object-address.ts';

interface ObjectLinkProps {
  readonly place: ObjectPlace;
  /** Of {@link useObjectSearch}. */
  readonly search: string;
  readonly className?: string;
  /** Of what shows no text. */
  readonly label?: string;
  /** Of what is also reached in another way. */
  readonly tabIndex?: -1;
  readonly children: ReactNode;
}

/** What goes along to an object: its whole story in the same range, not the part of it that was asked for. */
export function useObjectSearch(): string {
  const { from, to, tz, ns } = usePageState();
  return useMemo(() => writeAddress({ from, to, tz, ns }), [from, to, tz, ns]);
}

/** Leads to an object; only a text where no path can. Cheap enough for every row of a long list. */
export function ObjectLink({ place, search, className = '', label, tabIndex, children }: ObjectLinkProps) {
  const go = useGo();
  const path = pathOf(place);
  if (path === undefined) return label === undefined && <span className={className}>{children}</span>;
  const href = `${BASE.pathname}${path}${search}`;
  return (
    <a
      className={`object-link ${className}`}
      href={href}
      tabIndex={tabIndex}
      aria-label={label}
      title={label}
      onClick={(event) => go(event, href)}
    >
      {children}
    </a>
  );
}

/** Without loading the page anew, unless the click asks for another tab or window. */
function useGo(): (event: MouseEvent, href: string) => void {
  const router = useRouter();
  return (event, href) => {
    event.stopPropagation();
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    router.history.push(href);
  };
}

/** For keys: what an event is about, if there is one. */
export function useOpenObject(): (event: Pick<EventRow, 'object'> | undefined) => void {
  const router = useRouter();
  const search = useObjectSearch();
  return (event) => {
    const path = event && pathOf({ ...event.object, isWorkload: false });
    if (path !== undefined) router.history.push(`${BASE.pathname}${path}${search}`);
  };
}
