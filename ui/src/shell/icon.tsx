/** Signs of one stroke. What they mean is said by the label of what holds them. */
const PATHS = {
  bars: 'M2 11v2M6 8v5M10 4v9M14 7v6',
  back: 'M10 3 5 8l5 5',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 5v3l2 1.5',
  zoomOut: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM11 11l3 3M5 7h4',
  theme: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 2v12M8 4.5h3.5M8 7.5h5.5M8 10.5h4.5',
  close: 'M4 4l8 8M12 4l-8 8',
  help: 'M6 6a2 2 0 1 1 2.6 1.9c-.4.2-.6.5-.6.9v.7M8 12v.01',
  open: 'M6 3H3v10h10v-3M9 3h4v4M13 3 7 9',
  share: 'M8 10V2M5 5l3-3 3 3M3 9v4h10V9',
} as const;

export function Icon({ name, className = '' }: { readonly name: keyof typeof PATHS; readonly className?: string }) {
  return (
    <svg className={`icon ${className}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
