/**
 * The number constants of templates: one text, held under every type that can hold it, as Go's untyped constants are.
 * https://go.dev/ref/spec#Constants
 */
import { parseFloat64, parseInt64, parseUint } from './go-number.ts';
import { unquoteCharacter } from './go-quote.ts';
import { COMPLEX128 } from './go-type.ts';
import type { TokenType } from './lexer.ts';
import type { NumberNode } from './node.ts';
import { GoError, typed } from './value.ts';

/** Reads a number token; throws a GoError with Go's message for what the lexer let pass. */
export function parseNumber(text: string, type: TokenType, at: number): NumberNode {
  const located = { kind: 'number', text, at } as const;
  if (type === 'charConstant') {
    const { code, end } = unquoteCharacter(text, 1, "'");
    if (text.slice(end) !== "'") throw new GoError(`malformed character constant: ${text}`);
    return { ...located, int: BigInt(code), uint: BigInt(code), float: code, complex: undefined };
  }
  if (type === 'complex') return { ...located, ...complexNumber(text) };
  if (text.endsWith('i')) {
    const imaginary = parseFloat64(text.slice(0, -1));
    if (imaginary !== undefined) return { ...located, ...simplified(0, imaginary) };
  }
  return { ...located, ...realNumber(text) };
}

type Readings = Pick<NumberNode, 'int' | 'uint' | 'float' | 'complex'>;

function realNumber(text: string): Readings {
  const int = parseInt64(text);
  // A sign makes an unsigned number of nothing but zero.
  const uint = parseUint(text) ?? (int === 0n ? 0n : undefined);
  const integer = int ?? uint;
  if (integer !== undefined) return { int, uint, float: Number(integer), complex: undefined };
  const float = parseFloat64(text);
  if (float === undefined) throw new GoError(`illegal number syntax: ${JSON.stringify(text)}`);
  if (!/[.eEpP]/.test(text)) throw new GoError(`integer overflow: ${JSON.stringify(text)}`);
  return { ...integersOf(float), float, complex: undefined };
}

/** A float that is a whole number is an integer constant too. */
function integersOf(float: number): Pick<Readings, 'int' | 'uint'> {
  const whole = Number.isInteger(float) ? BigInt(float) : undefined;
  if (whole === undefined) return { int: undefined, uint: undefined };
  return {
    int: BigInt.asIntN(64, whole) === whole ? whole : undefined,
    uint: BigInt.asUintN(64, whole) === whole ? whole : undefined,
  };
}

const COMPLEX_PARTS = /^([+-]?.*?[^eEpP+-])([+-].*)i$/;

function complexNumber(text: string): Readings {
  const [, real = '', imaginary = ''] = COMPLEX_PARTS.exec(text) ?? [];
  const [realPart, imaginaryPart] = [parseFloat64(real), parseFloat64(imaginary)];
  if (realPart === undefined || imaginaryPart === undefined) throw new GoError('syntax error scanning complex number');
  return simplified(realPart, imaginaryPart);
}

function simplified(real: number, imaginary: number): Readings {
  const complex = typed(COMPLEX128, { real, imaginary });
  if (imaginary !== 0) return { int: undefined, uint: undefined, float: undefined, complex };
  return { ...integersOf(real), float: real, complex };
}
