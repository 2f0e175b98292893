/**
 * Words in other cases, as the library that sprig uses splits and joins them.
 * https://pkg.go.dev/github.com/huandu/xstrings@v1.5.0
 */
import { charactersOf, isLetter, isNumber, isPunctuation, isSpace, isUpper, lower, upper } from './unicode.ts';

const isConnector = (character: string): boolean => character === '-' || character === '_' || isSpace(character);

/** `camelcase`: connectors at the beginning stay, and of several in a row all but one. */
export function toPascalCase(text: string): string {
  const characters = charactersOf(text.toWellFormed());
  const start = characters.findIndex((character) => !isConnector(character));
  // A text of connectors alone gets its last one twice.
  if (start < 0) return characters.join('') + (characters.at(-1) ?? '');
  let output = characters.slice(0, start).join('');
  let current = characters[start] ?? '';
  let lowering = isUpper(current);
  current = upper(current);
  for (const next of characters.slice(start + 1)) {
    const previous = current;
    current = next;
    if (isConnector(previous)) {
      if (isConnector(current)) output += previous;
      else {
        lowering = isUpper(current);
        current = upper(current);
      }
      continue;
    }
    // A word that began with a capital goes on in small letters, until one is there by itself.
    if (lowering && isUpper(current)) current = lower(current);
    else lowering = false;
    output += previous;
  }
  return output + current;
}

export const toSnakeCase = (text: string): string => connected(text, '_');
export const toKebabCase = (text: string): string => connected(text, '-');

type WordKind = 'none' | 'number' | 'upper' | 'letters' | 'connector' | 'punctuation' | 'other';

interface Word {
  readonly kind: WordKind;
  readonly text: string;
}

const SEPARATORS: readonly WordKind[] = ['connector', 'punctuation'];
const SEPARATORS_OR_END: readonly WordKind[] = [...SEPARATORS, 'none'];
const isPart = ({ kind }: Word): boolean => kind === 'letters' || kind === 'number';

function connected(text: string, connector: string): string {
  const words = new Words(text);
  let output = '';
  let word = words.next();
  const write = ({ kind, text: written }: Word): void => {
    output += kind === 'upper' || kind === 'connector' ? lowered(written, connector) : written;
  };
  /** The letters and numbers that belong to the number before them. */
  const writeParts = (): void => {
    for (; isPart(word); word = words.next()) write(word);
  };
  const separate = (unless: readonly WordKind[]): void => {
    if (!unless.includes(word.kind)) output += connector;
  };
  while (!words.done) {
    const previous = word;
    if (previous.kind !== 'connector') write(previous);
    word = words.next();
    if (previous.kind === 'connector') write(previous);
    else if (previous.kind === 'number') {
      writeParts();
      separate(SEPARATORS_OR_END);
    } else if (previous.kind !== 'punctuation') {
      if (word.kind !== 'number') separate(SEPARATORS);
      else if (!words.done) {
        const number = word;
        word = words.next();
        if (word.kind === 'letters') {
          output += connector;
          write(number);
          writeParts();
          separate(SEPARATORS_OR_END);
        } else {
          write(number);
          separate(SEPARATORS);
        }
      }
    }
  }
  write(word);
  return output;
}

const lowered = (text: string, connector: string): string =>
  charactersOf(text.toWellFormed())
    .map((character) => (isConnector(character) ? connector : isUpper(character) ? lower(character) : character))
    .join('');

const isIdeograph = (character: string): boolean =>
  /^[\u4e00-\u9fcc\u3400-\u4d85\u{20000}-\u{2b81d}]$/u.test(character);
const isAlphabetic = (character: string): boolean => isLetter(character) && !isIdeograph(character);
const isSmall = (character: string): boolean => isAlphabetic(character) && !isUpper(character);
const isOther = (character: string): boolean =>
  !(isConnector(character) || isAlphabetic(character) || isNumber(character) || isPunctuation(character));

/** A character, with the bytes before it that are not UTF-8. */
interface Unit {
  readonly text: string;
  readonly character: string;
}

const UNIT = /[\udc80-\udcff]*([^\udc80-\udcff])|[\udc80-\udcff]+$/gu;

function unitsOf(text: string): Unit[] {
  let previous = '';
  return Array.from(text.matchAll(UNIT), ([unit, character = previous]) => {
    previous = character;
    return { text: unit, character };
  });
}

/** Cuts a text into words of one kind. */
class Words {
  readonly #units: readonly Unit[];
  #at = 0;

  constructor(text: string) {
    this.#units = unitsOf(text);
  }

  get done(): boolean {
    return this.#at >= this.#units.length;
  }

  next(): Word {
    const first = this.#units[this.#at];
    if (first === undefined) return { kind: 'none', text: '' };
    const start = this.#at;
    this.#at++;
    const kind = this.#rest(first.character);
    const units = this.#units.slice(start, this.#at);
    return { kind, text: units.map(({ text }) => text).join('') };
  }

  get #character(): string {
    return this.#units[this.#at]?.character ?? '';
  }

  #rest(first: string): WordKind {
    if (isConnector(first)) return this.#while(isConnector, 'connector');
    if (isPunctuation(first)) return this.#while(isPunctuation, 'punctuation');
    if (isUpper(first)) return this.#capitalized();
    if (isSmall(first)) return this.#while(isSmall, 'letters');
    if (isNumber(first)) return this.#while(isNumber, 'number');
    return this.#while(isOther, 'other');
  }

  #while(belongs: (character: string) => boolean, kind: WordKind): WordKind {
    while (!this.done && belongs(this.#character)) this.#at++;
    return kind;
  }

  /** `HTTPStatus` is HTTP and Status. */
  #capitalized(): WordKind {
    if (!isUpper(this.#character)) return this.#while(isSmall, 'upper');
    this.#while(isUpper, 'upper');
    if (!this.done && isSmall(this.#character)) this.#at--;
    return 'upper';
  }
}
