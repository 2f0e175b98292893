/**
 * Label selectors, equality and sets, with the errors of the API server.
 *
 *   selector    = [requirement *("," requirement)]
 *   requirement = ["!"] key | key ("=" | "==" | "!=" | ">" | "<") [value] | key ("in" | "notin") "(" values ")"
 *
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
import { keyProblem, valueProblem } from './_label-rules.ts';
import { badRequest } from './status.ts';

type Labels = Readonly<Record<string, string>>;
type Operator = 'exists' | '!' | '=' | '==' | '!=' | 'in' | 'notin' | '>' | '<';

interface Requirement {
  readonly key: string;
  readonly operator: Operator;
  /** Without repetitions, sorted. */
  readonly values: readonly string[];
}

export interface LabelSelector {
  readonly isEmpty: boolean;
  matches(labels: Labels | undefined): boolean;
}

/** Throws {@link StatusError} as the API server answers. */
export function parseLabelSelector(text: string): LabelSelector {
  const requirements = new Parser(text).parse();
  return {
    isEmpty: requirements.length === 0,
    matches: (labels = {}) => requirements.every((requirement) => fulfils(labels, requirement)),
  };
}

function fulfils(labels: Labels, { key, operator, values }: Requirement): boolean {
  const label = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'exists':
      return label !== undefined;
    case '!':
      return label === undefined;
    case '!=':
    case 'notin':
      return label === undefined || !values.includes(label);
    case '>':
      return compare(label, values) > 0n;
    case '<':
      return compare(label, values) < 0n;
    default:
      return label !== undefined && values.includes(label);
  }
}

/** 0 for what is no number. */
function compare(label: string | undefined, [value]: readonly string[]): bigint {
  return label !== undefined && value !== undefined && isInteger(label) ? BigInt(label) - BigInt(value) : 0n;
}

const INTEGER = /^[+-]?\d+$/;
const INT64 = 2n ** 63n;

/** As Go's strconv.ParseInt takes it. */
function isInteger(text: string): boolean {
  if (!INTEGER.test(text)) return false;
  const value = BigInt(text.replace(/^\+/, ''));
  return value >= -INT64 && value < INT64;
}

// A run of operator characters is one operator as far as there is one of that name.
const TOKEN = /\s*(==|!=|[=!(),<>]|[^\s=!(),<>]+|$)/y;
const OPERATORS: readonly string[] = ['in', 'notin', '=', '==', '!=', '>', '<'] satisfies Operator[];

class Parser {
  readonly #tokens: string[] = [];
  #next = 0;

  constructor(text: string) {
    const token = new RegExp(TOKEN);
    for (let match = token.exec(text); match?.[1]; match = token.exec(text)) this.#tokens.push(match[1]);
  }

  parse(): Requirement[] {
    const requirements: Requirement[] = [];
    if (this.#peek() === '') return requirements;
    if (!this.#isName() && this.#peek() !== '!') throw this.#unexpected("!, identifier, or 'end of string'");
    for (;;) {
      requirements.push(this.#requirement());
      if (this.#peek() === '') return requirements;
      if (this.#peek() !== ',') throw this.#unexpected("',' or 'end of string'");
      this.#next++;
      if (!this.#isName() && this.#peek() !== '!') throw this.#unexpected("identifier after ','");
    }
  }

  #requirement(): Requirement {
    const isAbsent = this.#peek() === '!';
    if (isAbsent) this.#next++;
    if (!this.#isName()) throw this.#malformed('identifier');
    const key = this.#take();
    const problem = keyProblem(key);
    if (problem) throw unparsable(`<nil>: Invalid value: ${JSON.stringify(key)}: ${problem}`);
    if (isAbsent) return { key, operator: '!', values: [] };
    if (this.#peek() === '' || this.#peek() === ',') return { key, operator: 'exists', values: [] };
    if (!OPERATORS.includes(this.#peek())) throw this.#malformed('in, notin, =, ==, !=, gt, lt');
    const operator = this.#take() as Operator;
    const read = operator === 'in' || operator === 'notin' ? this.#values() : [this.#value()];
    const values = [...new Set(read)].sort((a, b) => (a < b ? -1 : 1));
    checkValues(key, operator, values);
    return { key, operator, values };
  }

  #value(): string {
    if (this.#peek() === '' || this.#peek() === ',') return '';
    if (!this.#isName()) throw this.#malformed('identifier');
    return this.#take();
  }

  /** An empty place between two commas is the empty value. */
  #values(): string[] {
    if (this.#peek() !== '(') throw unparsable(`found '${this.#peek()}' expected: '('`);
    this.#next++;
    const values: string[] = [];
    for (;;) {
      values.push(this.#isName() ? this.#take() : '');
      if (this.#peek() === ')') break;
      if (this.#peek() !== ',') throw this.#malformed("',' or ')'");
      this.#next++;
    }
    this.#next++;
    return values;
  }

  /** '' at the end. */
  #peek(): string {
    return this.#tokens[this.#next] ?? '';
  }

  #take(): string {
    return this.#tokens[this.#next++] ?? '';
  }

  #isName(): boolean {
    return /^[^=!(),<>]/.test(this.#peek());
  }

  #unexpected(wanted: string): Error {
    return badRequest(`found '${this.#peek()}', expected: ${wanted}`);
  }

  #malformed(wanted: string): Error {
    return unparsable(`found '${this.#peek()}', expected: ${wanted}`);
  }
}

function checkValues(key: string, operator: Operator, values: readonly string[]): void {
  const problems: string[] = [];
  const invalid = (where: string, value: string, problem: string): void => {
    problems.push(`${where}: Invalid value: ${JSON.stringify(value)}: ${problem}`);
  };
  for (const [index, value] of values.entries()) {
    if ((operator === '>' || operator === '<') && !isInteger(value)) {
      invalid(`values[${index}]`, value, "for 'Gt', 'Lt' operators, the value must be an integer");
    }
  }
  for (const [index, value] of values.entries()) {
    const problem = valueProblem(value);
    if (problem) invalid(`values[${index}][${key}]`, value, problem);
  }
  if (problems.length > 0) throw unparsable(problems.length > 1 ? `[${problems.join(', ')}]` : problems.join(''));
}

function unparsable(problem: string): Error {
  return badRequest(`unable to parse requirement: ${problem}`);
}
