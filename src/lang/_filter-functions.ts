/**
 * The functions of the filter language, and those among them that the library's own do not serve: `has()` (a field that
 * is not set has a value here), `matches()` (the library's is backtracking), and what takes a time written as text,
 * which is read when the filter is compiled.
 * https://github.com/google/cel-spec/blob/master/doc/langdef.md#list-of-standard-definitions
 */
import { type ASTNode, evaluate } from '@marcbachmann/cel-js';
import { AppError } from '../core/errors.ts';
import { nearestName } from '../util/nearest-name.ts';
import { filterProblem, readable } from './_filter-problem.ts';
import { hasField } from './_filter-variables.ts';
import { localTime } from './_time-zone.ts';
import { compileRegularExpression } from './regular-expression.ts';

const MACROS = ['has', 'all', 'exists', 'exists_one', 'filter', 'map'];
const TEXT = [
  'contains',
  'hasWords',
  'hasWordStart',
  'startsWith',
  'endsWith',
  'matches',
  'lowerAscii',
  'upperAscii',
  'trim',
  'split',
];
const TEXT_PARTS = ['indexOf', 'lastIndexOf', 'substring', 'size'];
const CONVERSIONS = ['bool', 'double', 'duration', 'int', 'string', 'timestamp'];
const OPTIONALS = ['hasValue', 'or', 'orValue', 'value'];

const FIELDS_OF_TIME: ReadonlyMap<string, (local: Date) => number> = new Map([
  ['getFullYear', (local: Date) => local.getUTCFullYear()],
  ['getMonth', (local) => local.getUTCMonth()],
  ['getDayOfYear', (local) => Math.floor((local.getTime() - Date.UTC(local.getUTCFullYear(), 0)) / 86_400_000)],
  ['getDate', (local) => local.getUTCDate()],
  ['getDayOfMonth', (local) => local.getUTCDate() - 1],
  ['getDayOfWeek', (local) => local.getUTCDay()],
  ['getHours', (local) => local.getUTCHours()],
  ['getMinutes', (local) => local.getUTCMinutes()],
  ['getSeconds', (local) => local.getUTCSeconds()],
  ['getMilliseconds', (local) => local.getUTCMilliseconds()],
]);

/**
 * Every function a filter may call. None builds text or lists that grow beyond its input times its place in the source:
 * the library's `join`, `hex` and `cel.bind`, nested a few times, fill the memory.
 */
export const FUNCTIONS: readonly string[] = [
  ...[MACROS, TEXT, TEXT_PARTS, CONVERSIONS, OPTIONALS].flat(),
  ...FIELDS_OF_TIME.keys(),
];

interface CelType {
  readonly kind: string;
  readonly name: string;
}

interface Checker {
  check(node: ASTNode, context: unknown): CelType;
  getType(name: string): CelType;
}

interface Evaluator {
  run(node: ASTNode, context: unknown): unknown;
}

/** How the library lets a call check and evaluate itself. */
export interface Macro {
  typeCheck(checker: Checker, macro: Macro, context: unknown): CelType;
  evaluate(evaluator: Evaluator, macro: Macro, context: unknown): unknown;
}

/** Counts what an evaluation costs; throws when it costs too much. */
export type Spend = (cost: number) => void;

/** What to put in place of the library's own function for this call, if anything. */
export function replacementOf(node: ASTNode, spend: Spend): Macro | undefined {
  if (node.op === 'call') return replacedFunction(...node.args);
  return node.op === 'rcall' ? replacedMethod(...node.args, spend) : undefined;
}

function replacedFunction(name: string, args: readonly ASTNode[]): Macro | undefined {
  const [argument] = args;
  if (!argument || args.length > 1) return undefined;
  if (name === 'has') return presence(argument);
  return name === 'timestamp' || name === 'duration' ? timeConstant(name, argument) : undefined;
}

function replacedMethod(name: string, receiver: ASTNode, args: readonly ASTNode[], spend: Spend): Macro | undefined {
  const [argument] = args;
  const field = FIELDS_OF_TIME.get(name);
  // Without a zone the library's are right, but for this one, which depends on the zone of the process.
  if (!argument) return field && name === 'getDayOfYear' ? timeField(receiver, localTime('UTC'), field) : undefined;
  if (args.length > 1) return undefined;
  if (name === 'matches') return patternMatch(receiver, argument, spend);
  return field && timeField(receiver, zoneOf(argument), field);
}

function problem(node: ASTNode, text: string, cause?: unknown): AppError {
  return filterProblem(node.input, node.start, text, cause);
}

function literal(node: ASTNode, wanted: string): string {
  if (node.op === 'value' && typeof node.args === 'string') return node.args;
  throw problem(node, `found an expression, want ${wanted} in quotes: it is read when the filter is loaded`);
}

function presence(selection: ASTNode): Macro {
  if (selection.op !== '.')
    throw problem(selection, 'found has() of something else, want has() of a field, as has(event.series)');
  const [holder, field] = selection.args;
  return {
    typeCheck: (checker, _macro, context) => {
      checker.check(selection, context);
      return checker.getType('bool');
    },
    evaluate: (evaluator, _macro, context) => hasField(evaluator.run(holder, context), field),
  };
}

/** Units of cost in which a pattern reads text, in instructions of its program times characters. */
const PATTERN_STEPS = 65_536;

function patternMatch(receiver: ASTNode, argument: ASTNode, spend: Spend): Macro {
  const pattern = compilePattern(argument);
  return {
    typeCheck: (checker, _macro, context) => {
      wantType(checker.check(receiver, context), 'string', receiver);
      return checker.getType('bool');
    },
    evaluate: (evaluator, _macro, context) => {
      const text = evaluator.run(receiver, context) as string;
      spend((text.length * pattern.programSize) / PATTERN_STEPS);
      return pattern.test(text);
    },
  };
}

function compilePattern(argument: ASTNode): ReturnType<typeof compileRegularExpression> {
  const source = literal(argument, 'a regular expression');
  try {
    return compileRegularExpression(source);
  } catch (error) {
    throw error instanceof AppError ? problem(argument, error.message, error) : error;
  }
}

// https://datatracker.ietf.org/doc/html/rfc3339#section-5.6
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** A written time becomes a constant; any other call stays the library's. */
function timeConstant(name: 'timestamp' | 'duration', argument: ASTNode): Macro | undefined {
  if (argument.op !== 'value' || typeof argument.args !== 'string') return undefined;
  const text = argument.args;
  const value = name === 'timestamp' ? new Date(RFC_3339.test(text) ? text : Number.NaN) : durationOf(text);
  if (value === undefined || (value instanceof Date && Number.isNaN(value.getTime()))) {
    const wanted =
      name === 'timestamp' ? 'RFC 3339 such as "2026-01-31T08:00:00Z"' : 'a duration such as "90s" or "1h30m"';
    throw problem(argument, `found "${text}", want ${wanted}`);
  }
  const type = name === 'timestamp' ? 'google.protobuf.Timestamp' : 'google.protobuf.Duration';
  return { typeCheck: (checker) => checker.getType(type), evaluate: () => value };
}

function durationOf(text: string): unknown {
  try {
    return evaluate('duration(text)', { text });
  } catch {
    return undefined;
  }
}

function zoneOf(argument: ASTNode): (instant: Date) => Date {
  const zone = literal(argument, 'a time zone');
  try {
    return localTime(zone);
  } catch (error) {
    const near = nearestName(zone, Intl.supportedValuesOf('timeZone')) ?? 'Europe/Berlin';
    throw problem(argument, `found "${zone}", want a time zone such as "${near}" or "+02:00"`, error);
  }
}

function timeField(receiver: ASTNode, local: (instant: Date) => Date, field: (local: Date) => number): Macro {
  return {
    typeCheck: (checker, _macro, context) => {
      wantType(checker.check(receiver, context), 'google.protobuf.Timestamp', receiver);
      return checker.getType('int');
    },
    evaluate: (evaluator, _macro, context) => BigInt(field(local(evaluator.run(receiver, context) as Date))),
  };
}

function wantType(type: CelType, wanted: string, node: ASTNode): void {
  if (type.name !== wanted) {
    throw problem(node, `found ${readable(type.name)}, want ${wanted === 'string' ? 'a string' : 'a timestamp'}`);
  }
}
