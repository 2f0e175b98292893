/** What is wrong with a filter, in the words of its author: the library's errors name its own tokens and types. */
import { type ASTNode, TypeError as CelTypeError, ParseError } from '@marcbachmann/cel-js';
import { AppError, messageOf } from '../core/errors.ts';
import { nearestName } from '../util/nearest-name.ts';
import { EVENTS_V1_NAMES, fieldsOf, VARIABLES } from './_filter-variables.ts';
import { placeOf } from './_place.ts';

/** An error at a place of the source. */
export function filterProblem(source: string, offset: number, text: string, cause?: unknown): AppError {
  return new AppError('FILTER_INVALID', `filter:${placeOf(source, offset)}: ${text}`, { cause });
}

/** What an explanation needs to know of the language. */
export interface Language {
  /** The type of a node that was checked. */
  readonly typeOf: (node: ASTNode) => string | undefined;
  /** How a function may be called. */
  readonly signaturesOf: (name: string) => readonly string[];
}

/** Turns whatever parsing or checking threw into a `FILTER_INVALID`. */
export function explained(source: string, error: unknown, language: Language): AppError {
  if (error instanceof AppError) return error;
  // Of the stack, which nested operators use up before any limit of the library's stops them.
  if (error instanceof RangeError) return filterProblem(source, 0, TOO_DEEP, error);
  // Where operands leave the choice between operators open, the library throws an error without a place.
  if (!(error instanceof ParseError || error instanceof CelTypeError)) {
    return filterProblem(source, 0, readable(messageOf(error)), error);
  }
  const { start, end } = error.range ?? { start: 0, end: 0 };
  if (error instanceof ParseError) {
    return filterProblem(source, start, syntaxProblem(error, source.slice(start, Math.max(end, start + 1))), error);
  }
  const { node } = error;
  return filterProblem(source, node ? positionOf(node) : start, typeProblem(error, language), error);
}

/** Where a node's name or operator lies; of one with operands on both sides, where it begins. */
export function positionOf(node: ASTNode): number {
  // The library remembers where `a.b()` begins; between `a` and `b` there are only a dot, parentheses and spaces.
  return node.op === 'rcall' ? node.input.indexOf(node.args[0], node.args[1].end) : node.pos;
}

export const TOO_DEEP =
  'it is nested too deeply, want fewer operators within one another; many values fit in one `in [...]`';

const TOKENS: Readonly<Record<string, string>> = {
  IDENTIFIER: 'a name',
  COLON: ':',
  RPAREN: ')',
  RBRACKET: ']',
  RBRACE: '}',
};

function syntaxProblem(error: ParseError, written: string): string {
  const found = `found ${written === '' ? 'the end' : written}`;
  switch (error.code) {
    case 'unexpected_token':
      return `${found}, want a value`;
    case 'expected_token': {
      const token = /^Expected (\w+)/.exec(error.summary)?.[1] ?? '';
      return `${found}, want ${TOKENS[token] ?? token}`;
    }
    case 'unexpected_character':
      if (written === '=') return 'found =, want ==';
      if (written === '&' || written === '|') return `${found}, want ${written}${written}`;
      return `${found}, want an operator such as ==, && or in, or the end`;
    case 'reserved_identifier':
      return `${found}, which CEL reserves, want another name`;
    case 'limit_exceeded':
      return `it is too large, want a smaller one (${error.summary})`;
    default:
      return `${found}, want CEL (${error.summary})`;
  }
}

function typeProblem({ code, node, summary }: CelTypeError, language: Language): string {
  if (code === 'no_such_key' && node?.op === '.') {
    return unknownField(node.args[1], language.typeOf(node.args[0]) ?? '');
  }
  if (code === 'unknown_variable' && node?.op === 'id') {
    return `unknown variable ${node.args}${suggestion(node.args, Object.keys(VARIABLES))}`;
  }
  const wanted =
    node?.op === 'call' || node?.op === 'rcall' ? language.signaturesOf(node.args[0]).join(' or ') : WANTED[code];
  return readable(wanted === undefined ? summary : `found ${foundIn(summary)}, want ${wanted}`);
}

/** By the code of an error whose text ends in what was found. */
const WANTED: Readonly<Record<string, string>> = {
  no_such_overload: 'types the operator takes',
  invalid_logical_operand: 'bool on both sides of && and ||',
  invalid_condition_type: 'bool as the condition',
};

function foundIn(summary: string): string {
  return /(?:got|overload for) '(.+)'$/s.exec(summary)?.[1] ?? summary.replace('no such overload: ', '');
}

function unknownField(field: string, type: string): string {
  const fields = fieldsOf(type) ?? [];
  const renamed = EVENTS_V1_NAMES.get(field);
  const near = renamed !== undefined && fields.includes(renamed) ? `, did you mean "${renamed}"?` : undefined;
  return `unknown field ${field} of ${type}${near ?? suggestion(field, fields)}`;
}

/** The end of a message about an unknown name. */
export function suggestion(name: string, candidates: readonly string[]): string {
  const near = nearestName(name, candidates);
  return near ? `, did you mean "${near}"?` : `, want one of ${candidates.join(', ')}`;
}

/** A text of the library's with the names of types as they are written. */
export function readable(text: string): string {
  return text
    .replaceAll('google.protobuf.Timestamp', 'timestamp')
    .replaceAll('google.protobuf.Duration', 'duration')
    .replaceAll('list<dyn>', 'list')
    .replaceAll('map<dyn, dyn>', 'map');
}
