/** Texts, numbers and lengths of time in the language of the reader. */
import { en } from './en.ts';
import { zh } from './zh.ts';

export const LANGUAGES = { en: 'English', zh: '中文' } as const;

export type Language = keyof typeof LANGUAGES;

type Message = string | { readonly one?: string; readonly other: string };

export type TextKey = keyof typeof en;

/** Another language has every text of English; where it has no singular it needs none. */
export type Catalogue = Readonly<Record<TextKey, Message>>;

type Written<M> = M extends string ? M : M extends { readonly other: infer O extends string } ? O : never;
type Placeholders<S extends string> = S extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;
type Values<K extends TextKey> = Placeholders<Written<(typeof en)[K]>>;
type Arguments<K extends TextKey> = [Values<K>] extends [never]
  ? []
  : [values: Readonly<Record<Values<K>, string | number>>];

export interface Texts {
  readonly language: Language;
  /** As Intl takes it. */
  readonly locale: string;
  /** Numbers among the values are written as the language does. */
  readonly t: <K extends TextKey>(key: K, ...values: Arguments<K>) => string;
  readonly number: (value: number) => string;
  /** In few characters: `4.4K`. */
  readonly compact: (value: number) => string;
  /** Never rounded up: what was not watched is not hidden by a rounding. */
  readonly percent: (share: number) => string;
  /** Its two largest units. */
  readonly duration: (ms: number) => string;
  /** A duration as the API writes it, in its own unit: `24h`. */
  readonly span: (text: string) => string;
  readonly list: (names: readonly string[]) => string;
}

const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', zh: 'zh-CN' };
const CATALOGUES: Readonly<Record<Language, Catalogue>> = { en, zh };

const known = new Map<Language, Texts>();

export function textsOf(language: Language): Texts {
  const texts = known.get(language) ?? createTexts(language);
  known.set(language, texts);
  return texts;
}

function createTexts(language: Language): Texts {
  const locale = LOCALES[language];
  const catalogue = CATALOGUES[language];
  const numbers = new Intl.NumberFormat(locale);
  const compacts = new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 });
  const percents = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const plurals = new Intl.PluralRules(locale);
  const lists = new Intl.ListFormat(locale);
  const duration = durationsIn(locale);
  return {
    language,
    locale,
    t(key, ...[values]) {
      const message = catalogue[key];
      const given = (values ?? {}) as Readonly<Record<string, string | number>>;
      const text = typeof message === 'string' ? message : pluralOf(message, plurals, given['n']);
      return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
        const value = given[name] ?? '';
        return typeof value === 'number' ? numbers.format(value) : value;
      });
    },
    number: (value) => numbers.format(value),
    compact: (value) => compacts.format(value),
    percent: (share) => percents.format(Math.floor(share * 1_000) / 1_000),
    duration,
    span(text) {
      const [, n = '0', unit = ''] = /^(\d+)([mhdw])$/.exec(text) ?? [];
      const name = SPAN_UNITS[unit];
      if (name === undefined) return text;
      return new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'narrow' }).format(Number(n));
    },
    list: (names) => lists.format(names),
  };
}

function pluralOf(message: Exclude<Message, string>, plurals: Intl.PluralRules, n: string | number = 0): string {
  return (plurals.select(Number(n)) === 'one' ? message.one : undefined) ?? message.other;
}

const SPAN_UNITS: Readonly<Record<string, string>> = { m: 'minute', h: 'hour', d: 'day', w: 'week' };

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
  ['millisecond', 1],
] as const;

function durationsIn(locale: string): (ms: number) => string {
  const list = new Intl.ListFormat(locale, { type: 'unit', style: 'narrow' });
  const formats = UNITS.map(([unit, size]) => ({
    size,
    format: new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'narrow' }),
  }));
  return (ms) => {
    // Below a minute a smaller unit says nothing that matters.
    const rounded = ms < 1_000 ? Math.round(ms) : Math.round(ms / 1_000) * 1_000;
    const first = formats.findIndex(({ size }) => rounded >= size);
    const parts = formats.slice(first < 0 ? -1 : first).slice(0, 2);
    let rest = rounded;
    const words = parts.map(({ size, format }, index) => {
      const n = Math.floor(rest / size);
      rest -= n * size;
      return index > 0 && n === 0 ? '' : format.format(n);
    });
    return list.format(words.filter((word) => word !== ''));
  };
}
