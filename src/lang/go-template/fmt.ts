/**
 * `fmt.Sprint`, `fmt.Sprintln` and `fmt.Sprintf` over Go values, with the texts Go writes for directives and operands
 * that do not fit together. https://pkg.go.dev/fmt
 */
import { joined } from './go-string.ts';
import { isInteger } from './go-type.ts';
import { Printer } from './printer.ts';
import { basicOf, type GoValue, typeOf } from './value.ts';

/** How long a formatted text may become, in UTF-16 units, before a RangeError ends it. */
const MAX_TEXT_LENGTH = 1 << 24;

/** The operands in their default formats, with spaces between those of which neither is a string. */
export function sprint(args: readonly GoValue[], maxLength = MAX_TEXT_LENGTH): string {
  const [first] = args;
  if (args.length === 1 && typeof first === 'string') return first;
  const printer = new Printer(maxLength);
  let previousIsString = true;
  for (const arg of args) {
    const isString = typeOf(arg).kind === 'string';
    if (!isString && !previousIsString) printer.format.write(' ');
    printer.print(arg, 'v');
    previousIsString = isString;
  }
  return joined(printer.text);
}

/** The operands in their default formats, with spaces between them and a newline behind. */
export function sprintln(args: readonly GoValue[], maxLength = MAX_TEXT_LENGTH): string {
  const printer = new Printer(maxLength);
  args.forEach((arg, index) => {
    if (index > 0) printer.format.write(' ');
    printer.print(arg, 'v');
  });
  return joined(`${printer.text}\n`);
}

/** The operands as the directives of the format say. */
export function sprintf(format: string, args: readonly GoValue[], maxLength = MAX_TEXT_LENGTH): string {
  return joined(new Directives(format, args, maxLength).print());
}

/** Widths, precisions and argument indexes beyond this are refused. */
const MAX_NUMBER = 1_000_000;

/** One call of `sprintf`: where it is in the format and which operand is next. */
class Directives {
  readonly #format: string;
  readonly #args: readonly GoValue[];
  readonly #printer: Printer;
  #at = 0;
  #arg = 0;
  /** An index in brackets was used somewhere. */
  #reordered = false;
  /** The indexes of this directive were good. */
  #goodIndex = true;
  /** What was read last was an index in brackets. */
  #afterIndex = false;

  constructor(format: string, args: readonly GoValue[], maxLength: number) {
    this.#format = format;
    this.#args = args;
    this.#printer = new Printer(maxLength);
  }

  print(): string {
    while (this.#at < this.#format.length) {
      const percent = this.#format.indexOf('%', this.#at);
      const end = percent < 0 ? this.#format.length : percent;
      this.#write(this.#format.slice(this.#at, end));
      this.#at = end + 1;
      if (percent >= 0) this.#directive();
    }
    if (!this.#reordered && this.#arg < this.#args.length) this.#extra();
    return this.#printer.text;
  }

  #write(text: string): void {
    this.#printer.format.write(text);
  }

  #directive(): void {
    this.#goodIndex = true;
    this.#afterIndex = false;
    this.#printer.format.clearFlags();
    this.#flags();
    this.#index();
    this.#width();
    this.#precision();
    if (!this.#afterIndex) this.#index();
    if (this.#at >= this.#format.length) return this.#write('%!(NOVERB)');
    const verb = String.fromCodePoint(this.#format.codePointAt(this.#at) ?? 0);
    this.#at += verb.length;
    this.#verb(verb);
  }

  #verb(verb: string): void {
    const shown = verb.isWellFormed() ? verb : '\ufffd';
    if (verb === '%') return this.#write('%');
    if (!this.#goodIndex) return this.#write(`%!${shown}(BADINDEX)`);
    const arg = this.#args[this.#arg];
    if (arg === undefined) return this.#write(`%!${shown}(MISSING)`);
    if (verb === 'v' || verb === 'w') {
      const { flags } = this.#printer.format;
      flags.sharpV = flags.sharp;
      flags.plusV = flags.plus;
      flags.sharp = false;
      flags.plus = false;
    }
    this.#printer.print(arg, verb);
    this.#arg++;
  }

  #flags(): void {
    const { flags } = this.#printer.format;
    for (; ; this.#at++) {
      switch (this.#format[this.#at]) {
        case '#':
          flags.sharp = true;
          break;
        case '0':
          flags.zero = true;
          break;
        case '+':
          flags.plus = true;
          break;
        case '-':
          flags.minus = true;
          break;
        case ' ':
          flags.space = true;
          break;
        default:
          return;
      }
    }
  }

  #width(): void {
    const { flags } = this.#printer.format;
    if (this.#format[this.#at] === '*') {
      this.#at++;
      const width = this.#integerOperand();
      if (width === undefined) this.#write('%!(BADWIDTH)');
      else flags.width = Math.abs(width);
      if (width !== undefined && width < 0) {
        flags.minus = true;
        // No zeros on the right.
        flags.zero = false;
      }
      this.#afterIndex = false;
      return;
    }
    flags.width = this.#number();
    if (this.#afterIndex && flags.width !== undefined) this.#goodIndex = false;
  }

  #precision(): void {
    // A point that ends the format is a verb.
    if (this.#format[this.#at] !== '.' || this.#at + 1 >= this.#format.length) return;
    this.#at++;
    if (this.#afterIndex) this.#goodIndex = false;
    this.#index();
    const { flags } = this.#printer.format;
    if (this.#format[this.#at] !== '*') {
      flags.precision = this.#number() ?? 0;
      return;
    }
    this.#at++;
    const precision = this.#integerOperand();
    if (precision === undefined || precision < 0) this.#write('%!(BADPREC)');
    else flags.precision = precision;
    this.#afterIndex = false;
  }

  /** A width or precision that is an operand; undefined when that is no integer or too large. */
  #integerOperand(): number | undefined {
    const arg = this.#args[this.#arg];
    if (arg === undefined) return undefined;
    this.#arg++;
    const value = isInteger(typeOf(arg)) ? Number(basicOf(arg)) : undefined;
    return value === undefined || Math.abs(value) > MAX_NUMBER ? undefined : value;
  }

  /** The digits at hand; a number that is too long takes the rest of the format with it. */
  #number(): number | undefined {
    const start = this.#at;
    let value = 0;
    for (let digit = this.#digit(); digit !== undefined; digit = this.#digit()) {
      if (value > MAX_NUMBER) {
        this.#at = this.#format.length;
        return undefined;
      }
      value = value * 10 + digit;
      this.#at++;
    }
    return this.#at === start ? undefined : value;
  }

  #digit(): number | undefined {
    const character = this.#format[this.#at];
    return character !== undefined && character >= '0' && character <= '9' ? Number(character) : undefined;
  }

  /** An index in brackets, which says what the next operand is. */
  #index(): void {
    this.#afterIndex = false;
    if (this.#format[this.#at] !== '[') return;
    this.#reordered = true;
    const close = this.#format.indexOf(']', this.#at + 1);
    // An index is at least three characters long.
    if (close < 0 || this.#format.length - this.#at < 3) {
      this.#goodIndex = false;
      this.#at++;
      return;
    }
    const digits = this.#format.slice(this.#at + 1, close);
    this.#at = close + 1;
    const index = /^[0-9]{1,8}$/.test(digits) ? Number(digits) : undefined;
    this.#afterIndex = index !== undefined;
    if (index !== undefined && index >= 1 && index <= this.#args.length) this.#arg = index - 1;
    else this.#goodIndex = false;
  }

  #extra(): void {
    this.#printer.format.clearFlags();
    this.#write('%!(EXTRA ');
    this.#args.slice(this.#arg).forEach((arg, index) => {
      if (index > 0) this.#write(', ');
      if (arg === null) return this.#write('<nil>');
      this.#write(`${typeOf(arg).text}=`);
      return this.#printer.print(arg, 'v');
    });
    this.#write(')');
  }
}
