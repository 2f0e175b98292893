import { type Ref, useState } from 'react';
import { chooseLanguage, useTexts } from '../text/language.ts';
import { LANGUAGES, type Language, type TextKey } from '../text/texts.ts';
import { Icon } from './icon.tsx';
import { areKeysOn, switchKeys } from './keys.ts';

const KEYS = [
  ['/', 'keySearch'],
  ['1 – 8', 'keyRange'],
  ['⌫', 'keyBack'],
  ['z', 'zoomOut'],
  ['l', 'keyLive'],
  ['j k', 'keyRows'],
  ['r', 'keyMode'],
  ['s', 'keyStack'],
  ['← → ⇧ ↵', 'keyBins'],
  ['↵ − o', 'keyFacet'],
  ['e', 'copyLink'],
  ['m', 'copyMarkdown'],
  ['o', 'keyObject'],
  ['g e', 'explore'],
  ['g t', 'timeline'],
  ['g o', 'objects'],
  ['g c', 'coverage'],
  ['g s', 'sinks'],
  ['← → ↑ ↓ ↵', 'keyLanes'],
  ['+ − 0', 'keyWindow'],
  ['n p', 'keyWarnings'],
  ['f', 'fitAll'],
  ['t', 'asTable'],
  ['d', 'theme'],
  ['Esc', 'keyEscape'],
] as const satisfies readonly (readonly [string, TextKey])[];

/** The keys, whether they act, and the language. */
export function KeyHelp({ ref }: { readonly ref: Ref<HTMLDialogElement> }) {
  const { t, language } = useTexts();
  const [isOn, setOn] = useState(areKeysOn);
  return (
    <dialog className="key-help" ref={ref} aria-labelledby="key-help-title">
      <form method="dialog">
        <header>
          <h2 id="key-help-title">{t('keysTitle')}</h2>
          <button type="submit" className="icon-button" aria-label={t('close')}>
            <Icon name="close" />
          </button>
        </header>
      </form>
      <dl>
        {KEYS.map(([keys, text]) => (
          <div key={keys}>
            <dt>{keys.split(' ').map((key) => (key === '–' ? ' – ' : <kbd key={key}>{key}</kbd>))}</dt>
            <dd>{t(text)}</dd>
          </div>
        ))}
      </dl>
      <footer>
        <label>
          <input
            type="checkbox"
            checked={isOn}
            onChange={(event) => {
              switchKeys(event.target.checked);
              setOn(event.target.checked);
            }}
          />
          {t('singleKeys')}
        </label>
        <label>
          {t('language')}
          <select value={language} onChange={(event) => chooseLanguage(event.target.value as Language)}>
            {Object.entries(LANGUAGES).map(([code, name]) => (
              <option key={code} value={code} lang={code}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </footer>
    </dialog>
  );
}
