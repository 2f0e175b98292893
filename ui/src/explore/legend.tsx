import type { Severity } from '../../../src/core/severity.ts';
import { keyName } from '../answer/step-words.ts';
import type { HistogramAnswer } from '../api/questions.ts';
import { VisibleText } from '../message/message.tsx';
import { SeverityMark } from '../message/severity-mark.tsx';
import { isCel, only, stanceOf, toggled } from '../query/rewrite.ts';
import { useChangeState, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { stackColours } from './colours.ts';

/** What the colours mean; a click shows one of them alone, another one all again. */
export function Legend({ answer }: { readonly answer: HistogramAnswer | undefined }) {
  const texts = useTexts();
  const { q, by } = usePageState();
  const change = useChangeState();
  const keys = answer?.data.keys ?? [];
  const colours = stackColours(by, keys);
  return (
    <ul className="legend">
      {keys.map((key, place) => {
        const mark =
          by === 'severity' && key !== null ? (
            <SeverityMark severity={key as Severity} isNamed />
          ) : (
            <i className="swatch" data-colour={colours[place]} aria-hidden="true" />
          );
        const name = <VisibleText text={keyName(key, by === 'severity', texts)} />;
        if (key === null || key === '' || isCel(q)) {
          return (
            <li key={key} className="legend-key">
              {mark}
              {name}
            </li>
          );
        }
        const choice = { key: by, value: key };
        const isChosen = stanceOf(q, by, key) === 'included';
        return (
          <li key={key}>
            <button
              type="button"
              className="legend-key"
              aria-pressed={isChosen}
              onClick={() => change({ q: isChosen ? toggled(q, choice, 'included') : only(q, choice) })}
            >
              {mark}
              <bdi>{name}</bdi>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
