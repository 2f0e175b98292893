/** The colours of the theme for canvases, which cannot use custom properties: read once a theme, not once a frame. */
import { hatchTile } from '../chart/hatch.ts';
import { onThemeChange } from './theme.ts';

const TOKENS = [
  'text',
  'text-2',
  'text-3',
  'line',
  'line-2',
  'panel',
  'page',
  'raised',
  'accent',
  'hatch',
  'lifetime',
  'lifetime-2',
  'critical',
  'warning',
  'change',
  'normal',
  'category-0',
  'category-1',
  'category-2',
  'category-3',
  'category-4',
  'category-5',
  'category-other',
] as const;

export type InkToken = (typeof TOKENS)[number];

export interface Ink {
  readonly colours: Readonly<Record<InkToken, string>>;
  /** Of axes. */
  readonly font: string;
  /** What is repeated over times at which nobody looked. */
  readonly hatch: HTMLCanvasElement;
}

let current: Ink | undefined;

export function ink(): Ink {
  return (current ??= readInk());
}

onThemeChange(() => {
  current = undefined;
});

function readInk(): Ink {
  const style = getComputedStyle(document.documentElement);
  const colours = Object.fromEntries(TOKENS.map((token) => [token, style.getPropertyValue(`--${token}`).trim()]));
  return {
    colours: colours as Record<InkToken, string>,
    font: `${style.getPropertyValue('--size-axis').trim()} ${getComputedStyle(document.body).fontFamily}`,
    hatch: hatchTile(colours['hatch'] ?? 'gray', devicePixelRatio),
  };
}
