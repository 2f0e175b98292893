/**
 * Which words the message of an event must have for a filter to hold, whatever else does: an index of words finds those
 * events without looking at the others.
 */
import { wordsOf } from '../core/words.ts';
import type { FilterNode } from './filter.ts';

/** A word without regard to case, or the beginning of one; all of them, or any. */
export type RequiredWords =
  | { readonly word: string; readonly isPrefix: boolean }
  | { readonly all: readonly RequiredWords[] }
  | { readonly any: readonly RequiredWords[] };

/** Takes the tree of a compiled filter. Undefined where it says nothing of the kind. */
export function requiredWords(node: FilterNode): RequiredWords | undefined {
  switch (node.op) {
    case '&&':
      return allOf(node.args.map(requiredWords));
    case '||':
      return anyOf(node.args.map(requiredWords));
    case '?:': {
      const [condition, then, otherwise] = node.args;
      const yes = allOf([requiredWords(condition), requiredWords(then)]);
      return anyOf([yes, requiredWords(otherwise)]);
    }
    case '==': {
      const [left, right] = node.args;
      const text = isMessage(left) ? textOf(right) : isMessage(right) ? textOf(left) : undefined;
      return text === undefined ? undefined : inText(text, { begins: true, ends: true });
    }
    case 'rcall': {
      const [name, receiver, [argument]] = node.args;
      const text = argument && isMessage(receiver) ? textOf(argument) : undefined;
      const edges = EDGES[name];
      return text === undefined || !edges ? undefined : inText(text, edges);
    }
    default:
      return undefined;
  }
}

/** All of what is there. */
export function allOf(conditions: readonly (RequiredWords | undefined)[]): RequiredWords | undefined {
  const all = conditions.filter((one) => one !== undefined);
  return all.length > 1 ? { all } : all[0];
}

function anyOf(conditions: readonly (RequiredWords | undefined)[]): RequiredWords | undefined {
  const any = conditions.filter((one) => one !== undefined);
  return any.length === conditions.length ? { any } : undefined;
}

/** Whether a word begins where the text does, and ends where it ends. */
interface Edges {
  readonly begins: boolean;
  readonly ends: boolean;
}

const EDGES: Readonly<Record<string, Edges>> = {
  contains: { begins: false, ends: false },
  endsWith: { begins: false, ends: true },
  hasWordStart: { begins: true, ends: false },
  hasWords: { begins: true, ends: true },
  startsWith: { begins: true, ends: false },
};

function inText(text: string, { begins, ends }: Edges): RequiredWords | undefined {
  return allOf(
    wordsOf(text)
      .filter(({ opens }) => begins || !opens)
      .map(({ word, closes }) => ({ word, isPrefix: closes && !ends })),
  );
}

function isMessage(node: FilterNode): boolean {
  if (node.op !== '.') return false;
  const [holder, name] = node.args;
  return name === 'message' && holder.op === 'id' && holder.args === 'event';
}

function textOf(node: FilterNode): string | undefined {
  return node.op === 'value' && typeof node.args === 'string' ? node.args : undefined;
}
