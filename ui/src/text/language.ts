/** The reader's language: what they chose, else what their browser asks for. */
import { useSyncExternalStore } from 'react';
import { LANGUAGES, type Language, type Texts, textsOf } from './texts.ts';

const KEY = 'tidings.language';
const listeners = new Set<() => void>();

function isLanguage(name: string | null): name is Language {
  return name !== null && Object.hasOwn(LANGUAGES, name);
}

function current(): Language {
  const chosen = localStorage.getItem(KEY);
  if (isLanguage(chosen)) return chosen;
  const asked = navigator.languages.map((each) => each.split('-', 1)[0] ?? '');
  return asked.find(isLanguage) ?? 'en';
}

export function chooseLanguage(language: Language): void {
  localStorage.setItem(KEY, language);
  apply();
}

export function startLanguage(): void {
  addEventListener('languagechange', apply);
  apply();
}

function apply(): void {
  document.documentElement.lang = textsOf(current()).locale;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useTexts(): Texts {
  return textsOf(useSyncExternalStore(subscribe, current));
}
