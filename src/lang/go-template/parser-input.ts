import { utf8Length } from './go-string.ts';
import { describeToken, Lexer, type Token, type TokenType } from './lexer.ts';
import { TemplateError } from './template-error.ts';
import { TokenStream } from './token-stream.ts';
import { GoError } from './value.ts';

/**
 * How deep parentheses and control structures may be nested. Go allows 10,000 parentheses; the parser and what it makes
 * call themselves once a level, and a JavaScript stack holds less.
 */
const MAX_NESTING = 500;

/** The text that is parsed: its tokens, and what is said about those that do not belong there. */
export class ParserInput {
  readonly name: string;
  readonly tokens: TokenStream;
  /** Of the action being parsed; 0 outside of one. */
  actionLine = 0;
  readonly #text: string;
  #nesting = 0;

  constructor(name: string, text: string, isFunction: (name: string) => boolean) {
    this.name = name;
    this.#text = text;
    this.tokens = new TokenStream(new Lexer(text, isFunction));
  }

  fail(message: string, cause?: unknown): never {
    const { line, at } = this.tokens.last;
    const column = utf8Length(this.#text.slice(this.#text.lastIndexOf('\n', at - 1) + 1, at));
    throw new TemplateError(
      `template: ${this.name}:${line}: ${message}`,
      { templateName: this.name, line, column },
      cause === undefined ? {} : { cause },
    );
  }

  unexpected(token: Token, context: string): never {
    if (token.type !== 'error') this.fail(`unexpected ${describeToken(token)} in ${context}`);
    const started = ` started at ${this.name}:${this.actionLine}`;
    const begun = this.actionLine !== 0 && this.actionLine !== token.line;
    this.fail(token.text + (begun ? (token.text.endsWith(' action') ? started : ` in action${started}`) : ''));
  }

  expect(type: TokenType, context: string): Token {
    const token = this.tokens.nextNonSpace();
    return token.type === type ? token : this.unexpected(token, context);
  }

  /** Runs what reads literals; their errors become the template's. */
  literal<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof GoError) this.fail(error.message, error);
      throw error;
    }
  }

  nested<T>(parse: () => T): T {
    if (this.#nesting >= MAX_NESTING) this.fail('max expression depth exceeded');
    this.#nesting++;
    const result = parse();
    this.#nesting--;
    return result;
  }
}
