/** The tokens of a template one after the other, some of which the parser gives back to read them again. */
import type { Lexer, Token } from './lexer.ts';

export class TokenStream {
  readonly #lexer: Lexer;
  /** What was given back, the next one last. */
  readonly #ahead: Token[] = [];
  /** The token the lexer gave last: messages carry its line. */
  last: Token = { type: 'eof', at: 0, text: '', line: 1 };

  constructor(lexer: Lexer) {
    this.#lexer = lexer;
  }

  next(): Token {
    const given = this.#ahead.pop();
    if (given !== undefined) return given;
    this.last = this.#lexer.next();
    return this.last;
  }

  /** The tokens are read again, the last one first. */
  giveBack(...tokens: readonly Token[]): void {
    this.#ahead.push(...tokens);
  }

  peek(): Token {
    const token = this.next();
    this.giveBack(token);
    return token;
  }

  nextNonSpace(): Token {
    let token = this.next();
    while (token.type === 'space') token = this.next();
    return token;
  }

  /** Skips spaces for good. */
  peekNonSpace(): Token {
    const token = this.nextNonSpace();
    this.giveBack(token);
    return token;
  }
}
