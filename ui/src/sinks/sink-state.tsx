import { useTexts } from '../text/language.ts';
import type { Sink } from './sink-questions.ts';

const SHAPES: Readonly<Record<Sink['state'], string>> = {
  delivering: 'M10 6a4 4 0 1 1-8 0 4 4 0 0 1 8 0z',
  failing: 'M6 1.5 11 10.5H1z',
  paused: 'M2.5 2h2.5v8H2.5zM7 2h2.5v8H7z',
};

/** By its colour, its shape and its name. */
export function SinkState({ state }: { readonly state: Sink['state'] }) {
  const { t } = useTexts();
  return (
    <span className="sink-state" data-state={state}>
      <svg viewBox="0 0 12 12" aria-hidden="true">
        <path d={SHAPES[state]} />
      </svg>
      {t(state)}
    </span>
  );
}
