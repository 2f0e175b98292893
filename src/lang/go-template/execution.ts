/** One execution of a template: where it is, what it has written, and what it may still use up. */

import { quote } from './go-quote.ts';
import { joined, utf8Length } from './go-string.ts';
import { ANY, type GoType } from './go-type.ts';
import { type Node, nodeText } from './node.ts';
import { TemplateError } from './template-error.ts';
import { GoMap, GoPointer, GoSlice, GoStruct, type GoValue, pointerTo, targetOf, typeOf } from './value.ts';

/** How large an output, or any text or list on the way to it, may become. */
const MAX_OUTPUT_BYTES = 4 << 20;
/** How many statements, iterations and calls an execution may take: some tenths of a second. */
const MAX_STEPS = 1_000_000;
/** How deep templates may call templates. Go allows 100,000; a JavaScript stack holds less. */
const MAX_DEPTH = 500;

export interface ExecutionLimits {
  readonly outputBytes?: number;
  readonly steps?: number;
  readonly depth?: number;
}

/**
 * A value that an interface holds, where Go still sees the interface: elements of `[]interface {}` while they are ranged
 * over, fields of type `error`. It differs from the value itself only in messages, and when it is nil. The nil of
 * `interface {}` is null alone.
 */
export class InterfaceValue {
  readonly value: GoValue;
  readonly type: GoType;

  constructor(value: GoValue, type: GoType) {
    this.value = value;
    this.type = type;
  }
}

/** A struct that was reached through a pointer or a slice: it also has the methods of its pointer. */
export class Addressed {
  readonly value: GoStruct;

  constructor(value: GoStruct) {
    this.value = value;
  }
}

/** What evaluation yields: `undefined` is Go's invalid reflect.Value, which a missing map key is. */
export type EvalValue = GoValue | undefined | InterfaceValue | Addressed;

export const isHeld = (value: EvalValue): value is InterfaceValue | Addressed =>
  value instanceof InterfaceValue || value instanceof Addressed;

/** The value without what is known about where it was found. */
export const plain = (value: EvalValue): GoValue | undefined => (isHeld(value) ? value.value : value);

/** What a container, or a function, yields for what it declares to be of that type. */
export function element(value: GoValue, type: GoType | undefined, addressable: boolean): EvalValue {
  if (type?.kind === 'interface') return value === null && type === ANY ? null : new InterfaceValue(value, type);
  return addressable && value instanceof GoStruct ? new Addressed(value) : value;
}

/** Follows pointers to what they point to, or to the one that is nil. */
export function indirect(value: GoValue): GoValue {
  let target = value;
  for (let next = targetOf(target); next !== undefined; next = targetOf(next)) target = next;
  return target;
}

/** What is printed for a value: not a pointer, unless that is what knows how to print itself. */
export function printable(value: EvalValue): GoValue {
  if (value === undefined) return '<no value>';
  if (value instanceof Addressed) return bySelf(value.value);
  const found = value instanceof InterfaceValue ? value.value : value;
  if (!(found instanceof GoPointer)) return found;
  const target = indirect(found);
  return target instanceof GoStruct ? bySelf(target) : target;
}

function bySelf(struct: GoStruct): GoValue {
  const { type } = struct;
  const has = (name: string, addressable: boolean): boolean =>
    type.method(name, addressable)?.method?.params.length === 0;
  const printsItself = has('Error', false) || has('String', false);
  return !printsItself && (has('Error', true) || has('String', true)) ? pointerTo(struct) : struct;
}

export class Execution {
  /** Where the execution is, for messages. */
  node: Node | undefined;
  /** The name of the template being executed. */
  template: string;
  /** The variables of the template being executed, by slot. */
  frame: EvalValue[] = [];
  depth = 0;
  readonly maxDepth: number;
  readonly maxBytes: number;
  #output = '';
  #stepsLeft: number;
  readonly #parseName: string;
  readonly #text: string;
  readonly #escape: (printed: string) => string;

  constructor(name: string, text: string, limits: ExecutionLimits, escape: (printed: string) => string) {
    this.template = name;
    this.#parseName = name;
    this.#text = text;
    this.#escape = escape;
    this.maxDepth = limits.depth ?? MAX_DEPTH;
    this.maxBytes = limits.outputBytes ?? MAX_OUTPUT_BYTES;
    this.#stepsLeft = limits.steps ?? MAX_STEPS;
  }

  get output(): string {
    const output = joined(this.#output);
    if (utf8Length(output) > this.maxBytes) this.#tooLarge();
    return output;
  }

  write(text: string): void {
    this.#output += text;
    if (this.#output.length > this.maxBytes) this.#tooLarge();
  }

  /** Writes what an action made. */
  print(text: string): void {
    this.write(this.#escape(text));
  }

  step(): void {
    if (--this.#stepsLeft < 0) this.fail('too many steps');
  }

  /** Refuses what a function made when it has grown too large to be handled further. */
  checkSize(value: EvalValue): void {
    const size =
      typeof value === 'string'
        ? value.length
        : value instanceof GoSlice
          ? value.length
          : value instanceof GoMap
            ? value.size
            : 0;
    if (size > this.maxBytes) this.#tooLarge();
  }

  #tooLarge(): never {
    this.fail(`output is larger than ${this.maxBytes} bytes`);
  }

  /** Does what may grow or recurse beyond what JavaScript can hold, and fails the execution when it did. */
  bounded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof RangeError) this.fail(error.message, error);
      throw error;
    }
  }

  fail(message: string, cause?: unknown): never {
    throw this.error(message, cause);
  }

  error(message: string, cause?: unknown): TemplateError {
    const options = cause === undefined ? {} : { cause };
    const { node } = this;
    if (node === undefined) {
      const position = { templateName: this.#parseName, line: 1, column: 0 };
      return new TemplateError(`template: ${this.template}: ${message}`, position, options);
    }
    const before = this.#text.slice(0, node.at);
    const line = before.split('\n').length;
    const column = utf8Length(before.slice(before.lastIndexOf('\n') + 1));
    const where = `template: ${this.#parseName}:${line}:${column}: executing ${quote(this.template)} at <${nodeText(node)}>`;
    return new TemplateError(`${where}: ${message}`, { templateName: this.#parseName, line, column }, options);
  }
}

/** The type of a value in a message: what an interface holds hides behind the interface. */
export const typeText = (value: EvalValue): string =>
  (value instanceof InterfaceValue ? value.type : typeOf(plain(value) ?? null)).text;
