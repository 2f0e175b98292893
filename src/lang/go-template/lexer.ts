/**
 * Cuts a template into tokens, on demand, with Go's rules and error texts: text outside of actions, trim markers,
 * comments, and what stands inside of `{{ … }}`.
 * https://pkg.go.dev/text/template#hdr-Text_and_spaces
 */
import { isPrint, quote } from './go-quote.ts';
import { isSurrogate, RUNE_ERROR } from './go-string.ts';

export type TokenType =
  | 'error'
  | 'bool'
  | 'character'
  | 'charConstant'
  | 'complex'
  | 'assign'
  | 'declare'
  | 'eof'
  | 'field'
  | 'identifier'
  | 'leftDelim'
  | 'leftParen'
  | 'number'
  | 'pipe'
  | 'rawString'
  | 'rightDelim'
  | 'rightParen'
  | 'space'
  | 'string'
  | 'text'
  | 'variable'
  | Keyword;

type Keyword =
  | 'block'
  | 'break'
  | 'continue'
  | 'define'
  | 'dot'
  | 'else'
  | 'end'
  | 'if'
  | 'nil'
  | 'range'
  | 'template'
  | 'with';

export interface Token {
  readonly type: TokenType;
  /** Offset in the text, in UTF-16 units. */
  readonly at: number;
  /** The text of the token; of an error, its message. */
  readonly text: string;
  readonly line: number;
}

const KEYWORDS = new Set<string>([
  'block',
  'break',
  'continue',
  'define',
  'else',
  'end',
  'if',
  'nil',
  'range',
  'template',
  'with',
]);
const isKeyword = (type: string): type is Keyword => KEYWORDS.has(type) || type === 'dot';

const LEFT = '{{';
const RIGHT = '}}';
const SPACES = /[ \t\r\n]*/y;
const LEFT_TRIM = /-[ \t\r\n]/y;
const RIGHT_DELIM = /(?:[ \t\r\n]-)?\}\}/y;
const TRIMMED_RIGHT_DELIM = /[ \t\r\n]-\}\}/y;
const WORD = /[_\p{L}\p{Nd}]*/uy;
const TERMINATOR = /$|[ \t\r\n.,|:()]|\}\}/y;
const STRING = /"(?:[^"\\\n]|\\[^\n])*"/y;
const RAW_STRING = /`[^`]*`/y;
const CHAR_CONSTANT = /'(?:[^'\\\n]|\\[^\n])*'/y;
const NUMBER =
  /[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?/y;

/** Tokens that are known by their first character, whatever follows. */
const SINGLE: Readonly<Record<string, TokenType>> = { '=': 'assign', '|': 'pipe' };

/** What stands in quotes: its pattern, the token it makes, and what is missing when the pattern does not match. */
const QUOTED: Readonly<Record<string, { pattern: RegExp; type: TokenType; name: string }>> = {
  '"': { pattern: STRING, type: 'string', name: 'quoted string' },
  '`': { pattern: RAW_STRING, type: 'rawString', name: 'raw quoted string' },
  "'": { pattern: CHAR_CONSTANT, type: 'charConstant', name: 'character constant' },
};

export class Lexer {
  readonly #text: string;
  /** Names that are keywords only when no function is called so: `break` and `continue`. */
  readonly #functions: (name: string) => boolean;
  #at = 0;
  #line = 1;
  #insideAction = false;
  #parenDepth = 0;
  #failed = false;

  constructor(text: string, isFunction: (name: string) => boolean) {
    this.#text = text;
    this.#functions = isFunction;
  }

  /** The next token; after an error or the end there is only the end. */
  next(): Token {
    if (this.#failed) return { type: 'eof', at: 0, text: 'EOF', line: this.#line };
    return this.#insideAction ? this.#action() : this.#outside();
  }

  /** Takes the text up to an offset as a token. */
  #take(type: TokenType, end: number): Token {
    const token = { type, at: this.#at, text: this.#text.slice(this.#at, end), line: this.#line };
    this.#skip(end);
    return token;
  }

  #skip(end: number): void {
    for (let at = this.#at; at < end; at++) if (this.#text[at] === '\n') this.#line++;
    this.#at = end;
  }

  #error(message: string): Token {
    this.#failed = true;
    return { type: 'error', at: this.#at, text: message, line: this.#line };
  }

  /** The end of what the pattern matches at an offset, -1 when it does not match there. */
  #match(pattern: RegExp, at = this.#at): number {
    pattern.lastIndex = at;
    return pattern.test(this.#text) ? pattern.lastIndex : -1;
  }

  #outside(): Token {
    for (;;) {
      const delim = this.#text.indexOf(LEFT, this.#at);
      const end = delim < 0 ? this.#text.length : delim;
      if (end > this.#at) {
        const text = this.#text.slice(this.#at, end);
        const trims = delim >= 0 && this.#match(LEFT_TRIM, delim + LEFT.length) >= 0;
        const kept = trims ? withoutTrailingSpaces(text) : text.length;
        const token = this.#take('text', this.#at + kept);
        this.#skip(end);
        if (kept > 0) return token;
      }
      if (delim < 0) return this.#take('eof', end);
      const inside = Math.max(this.#match(LEFT_TRIM, delim + LEFT.length), delim + LEFT.length);
      if (!this.#text.startsWith('/*', inside)) return this.#leftDelim(inside);
      this.#skip(inside);
      const failure = this.#comment();
      if (failure !== undefined) return failure;
    }
  }

  #leftDelim(inside: number): Token {
    const token = this.#take('leftDelim', this.#at + LEFT.length);
    this.#skip(inside);
    this.#insideAction = true;
    this.#parenDepth = 0;
    return token;
  }

  /** Skips a comment and its right delimiter. */
  #comment(): Token | undefined {
    const close = this.#text.indexOf('*/', this.#at + 2);
    if (close < 0) return this.#error('unclosed comment');
    const end = this.#match(RIGHT_DELIM, close + 2);
    if (end < 0) return this.#error('comment ends before closing delimiter');
    const trims = this.#match(TRIMMED_RIGHT_DELIM, close + 2) >= 0;
    this.#skip(trims ? this.#match(SPACES, end) : end);
    return undefined;
  }

  #action(): Token {
    if (this.#match(RIGHT_DELIM) >= 0) {
      return this.#parenDepth === 0 ? this.#rightDelim() : this.#error('unclosed left paren');
    }
    const character = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
    if (this.#at >= this.#text.length) return this.#error('unclosed action');
    if (/[ \t\r\n]/.test(character)) return this.#space();
    const single = SINGLE[character];
    if (single !== undefined) return this.#take(single, this.#at + 1);
    const quoted = QUOTED[character];
    if (quoted !== undefined) {
      const end = this.#match(quoted.pattern);
      return end < 0 ? this.#error(`unterminated ${quoted.name}`) : this.#take(quoted.type, end);
    }
    return this.#word(character);
  }

  #word(character: string): Token {
    const following = this.#text[this.#at + 1];
    if (character === ':') {
      return following === '=' ? this.#take('declare', this.#at + 2) : this.#error('expected :=');
    }
    if (character === '(' || character === ')') return this.#paren(character);
    if (character === '$') return this.#name('variable');
    if (character === '.' && following !== undefined && !/[0-9]/.test(following)) return this.#name('field');
    if (/[.+\-0-9]/.test(character)) return this.#number();
    if (this.#match(WORD) > this.#at) return this.#identifier();
    if (character < '\x7f' && isPrint(character.charCodeAt(0))) return this.#take('character', this.#at + 1);
    return this.#error(`unrecognized character in action: ${describe(this.#text, this.#at)}`);
  }

  #paren(character: string): Token {
    this.#parenDepth += character === '(' ? 1 : -1;
    if (this.#parenDepth < 0) return this.#error('unexpected right paren');
    return this.#take(character === '(' ? 'leftParen' : 'rightParen', this.#at + 1);
  }

  /** A run of spaces, but for the one that belongs to a trimming right delimiter. */
  #space(): Token {
    const end = this.#match(SPACES);
    return this.#take('space', this.#match(TRIMMED_RIGHT_DELIM, end - 1) < 0 ? end : end - 1);
  }

  #rightDelim(): Token {
    const trims = this.#match(TRIMMED_RIGHT_DELIM) >= 0;
    if (trims) this.#skip(this.#at + 2);
    const token = this.#take('rightDelim', this.#at + RIGHT.length);
    if (trims) this.#skip(this.#match(SPACES));
    this.#insideAction = false;
    return token;
  }

  /** `.name` or `$name`, or the sign alone. */
  #name(type: 'field' | 'variable'): Token {
    const start = this.#at + 1;
    if (this.#match(TERMINATOR, start) >= 0) return this.#take(type === 'field' ? 'dot' : type, start);
    const end = this.#match(WORD, start);
    return this.#match(TERMINATOR, end) < 0
      ? this.#error(`bad character ${describe(this.#text, end)}`)
      : this.#take(type, end);
  }

  #identifier(): Token {
    const end = this.#match(WORD);
    if (this.#match(TERMINATOR, end) < 0) return this.#error(`bad character ${describe(this.#text, end)}`);
    const word = this.#text.slice(this.#at, end);
    const isFunction = (word === 'break' || word === 'continue') && this.#functions(word);
    if (isKeyword(word) && word !== 'dot' && !isFunction) return this.#take(word, end);
    return this.#take(word === 'true' || word === 'false' ? 'bool' : 'identifier', end);
  }

  /** Not exact: what is wrong here and passes is refused when the number is read. */
  #number(): Token {
    let end = this.#match(NUMBER);
    let type: TokenType = 'number';
    let ok = !this.#isWord(end);
    if (ok && /[+-]/.test(this.#text[end] ?? '')) {
      type = 'complex';
      end = this.#match(NUMBER, end);
      ok = !this.#isWord(end) && this.#text[end - 1] === 'i';
    }
    if (ok) return this.#take(type, end);
    const shown = this.#isWord(end) ? end + String.fromCodePoint(this.#text.codePointAt(end) ?? 0).length : end;
    return this.#error(`bad number syntax: ${quote(this.#text.slice(this.#at, shown))}`);
  }

  #isWord(at: number): boolean {
    return this.#match(WORD, at) > at;
  }
}

function withoutTrailingSpaces(text: string): number {
  let length = text.length;
  while (length > 0 && ' \t\r\n'.includes(text[length - 1] ?? '')) length--;
  return length;
}

/** `%#U` of the character at an offset. */
function describe(text: string, at: number): string {
  const code = text.codePointAt(at) ?? 0;
  const rune = isSurrogate(code) ? RUNE_ERROR : code;
  const shown = isPrint(rune) ? ` '${String.fromCodePoint(rune)}'` : '';
  return `U+${rune.toString(16).toUpperCase().padStart(4, '0')}${shown}`;
}

/** A token as Go names it in its messages. */
export function describeToken(token: Token): string {
  if (token.type === 'eof' || token.type === 'error') return token.text;
  if (isKeyword(token.type)) return `<${token.text}>`;
  const runes = Array.from(token.text);
  return Buffer.byteLength(token.text) > 10 ? `${quote(runes.slice(0, 10).join(''))}...` : quote(token.text);
}
