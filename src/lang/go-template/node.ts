/** The tree of a parsed template, and how Go shows its nodes in messages. */
import { quote } from './go-quote.ts';
import type { GoValue } from './value.ts';

/** Where a node begins, in UTF-16 units. */
interface Located {
  readonly at: number;
}

export interface PipeNode extends Located {
  readonly kind: 'pipe';
  readonly isAssign: boolean;
  readonly decl: readonly VariableNode[];
  readonly commands: readonly CommandNode[];
}

export interface CommandNode extends Located {
  readonly kind: 'command';
  /** Never empty. */
  readonly args: readonly ArgNode[];
}

export interface VariableNode extends Located {
  readonly kind: 'variable';
  /** With its dollar sign. */
  readonly name: string;
  readonly fields: readonly string[];
  /** Where the frame of its template keeps it; -1 when nothing has declared it by then. */
  readonly slot: number;
}

export interface FieldNode extends Located {
  readonly kind: 'field';
  readonly fields: readonly string[];
}

export interface IdentifierNode extends Located {
  readonly kind: 'identifier';
  readonly name: string;
}

/** Fields of what is neither a field nor a variable: `(pipe).A.B`, `function.A`. */
export interface ChainNode extends Located {
  readonly kind: 'chain';
  readonly node: ArgNode;
  readonly fields: readonly string[];
}

/** A constant under all the types it can have. */
export interface NumberNode extends Located {
  readonly kind: 'number';
  readonly text: string;
  readonly int: bigint | undefined;
  readonly uint: bigint | undefined;
  readonly float: number | undefined;
  /** A complex128. */
  readonly complex: GoValue | undefined;
}

export interface StringNode extends Located {
  readonly kind: 'string';
  readonly quoted: string;
  readonly value: string;
}

export interface BoolNode extends Located {
  readonly kind: 'bool';
  readonly value: boolean;
}

export interface DotNode extends Located {
  readonly kind: 'dot';
}

export interface NilNode extends Located {
  readonly kind: 'nil';
}

export type ConstantNode = BoolNode | NumberNode | StringNode;

export type ArgNode =
  | ConstantNode
  | DotNode
  | NilNode
  | FieldNode
  | VariableNode
  | IdentifierNode
  | ChainNode
  | PipeNode;

export interface TextNode extends Located {
  readonly kind: 'text';
  readonly text: string;
}

export interface ActionNode extends Located {
  readonly kind: 'action';
  readonly pipe: PipeNode;
}

export interface BranchNode extends Located {
  readonly kind: 'if' | 'with' | 'range';
  readonly pipe: PipeNode;
  readonly list: ListNode;
  readonly elseList: ListNode | undefined;
}

export interface TemplateNode extends Located {
  readonly kind: 'template';
  readonly name: string;
  readonly pipe: PipeNode | undefined;
}

export interface LoopControlNode extends Located {
  readonly kind: 'break' | 'continue';
}

export type StatementNode = TextNode | ActionNode | BranchNode | TemplateNode | LoopControlNode;
export type ListNode = readonly StatementNode[];

/** What a message can point at. */
export type Node = StatementNode | ArgNode | CommandNode;

/** A template of the text: the text itself, or what a `define` or `block` in it holds. */
export interface Tree {
  readonly name: string;
  readonly list: ListNode;
}

/** Whether there is nothing but spaces in a list, so that another definition may take its place. */
export const isEmptyList = (list: ListNode): boolean =>
  list.every((node) => node.kind === 'text' && /^\s*$/.test(node.text));

/** A node as Go prints it after `at`. Of branches only the head: no message points at one. */
export function nodeText(node: Node): string {
  switch (node.kind) {
    case 'action':
      return `{{${nodeText(node.pipe)}}}`;
    case 'template':
      return `{{template ${quote(node.name)}${node.pipe === undefined ? '' : ` ${nodeText(node.pipe)}`}}}`;
    case 'if':
    case 'with':
    case 'range':
      return `{{${node.kind} ${nodeText(node.pipe)}}}`;
    case 'break':
    case 'continue':
      return `{{${node.kind}}}`;
    case 'command':
      return node.args.map(parenthesized).join(' ');
    default:
      return operandText(node);
  }
}

function operandText(node: TextNode | ArgNode): string {
  switch (node.kind) {
    case 'pipe':
      return pipeText(node);
    case 'variable':
      return [node.name, ...node.fields].join('.');
    case 'field':
      return `.${node.fields.join('.')}`;
    case 'chain':
      return [parenthesized(node.node), ...node.fields].join('.');
    case 'identifier':
      return node.name;
    case 'string':
      return node.quoted;
    case 'bool':
      return String(node.value);
    case 'dot':
      return '.';
    case 'nil':
      return 'nil';
    default:
      return node.text;
  }
}

const parenthesized = (node: ArgNode): string => (node.kind === 'pipe' ? `(${pipeText(node)})` : operandText(node));

function pipeText({ decl, isAssign, commands }: PipeNode): string {
  const names = decl.map(operandText).join(', ');
  const head = decl.length === 0 ? '' : `${names}${isAssign ? ' = ' : ' := '}`;
  return head + commands.map(nodeText).join(' | ');
}
