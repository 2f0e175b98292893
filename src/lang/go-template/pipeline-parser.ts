import { parseNumber } from './constant.ts';
import { quote, unquote } from './go-quote.ts';
import type { Token, TokenType } from './lexer.ts';
import { type ArgNode, type CommandNode, nodeText, type PipeNode, type VariableNode } from './node.ts';
import type { ParserInput } from './parser-input.ts';

const OPERANDS = new Set<TokenType>([
  'bool',
  'charConstant',
  'complex',
  'dot',
  'field',
  'identifier',
  'leftParen',
  'nil',
  'number',
  'rawString',
  'string',
  'variable',
]);

/** Names that were declared, and what the frame keeps at the time; both end with the control structure they are in. */
interface Scope {
  names: string[];
  slots: { readonly name: string; readonly slot: number }[];
}

/** The pipelines of one template: its own or a definition's, whose variables no other sees. */
export class PipelineParser {
  readonly #input: ParserInput;
  readonly #isFunction: (name: string) => boolean;
  readonly #scope: Scope = { names: ['$'], slots: [{ name: '$', slot: 0 }] };
  #slots = 1;

  constructor(input: ParserInput, isFunction: (name: string) => boolean) {
    this.#input = input;
    this.#isFunction = isFunction;
  }

  /** Runs what parses a control structure: what is declared in it ends with it. */
  scoped<T>(parse: () => T): T {
    const { names, slots } = this.#scope;
    const marks = [names.length, slots.length] as const;
    const result = parse();
    [names.length, slots.length] = marks;
    return result;
  }

  parse(context: string, end: TokenType): PipeNode {
    const { at } = this.#input.tokens.peekNonSpace();
    const { decl, isAssign } = this.#declarations(context);
    const commands: CommandNode[] = [];
    for (let token = this.#input.tokens.nextNonSpace(); token.type !== end; token = this.#input.tokens.nextNonSpace()) {
      if (!OPERANDS.has(token.type)) this.#input.unexpected(token, context);
      this.#input.tokens.giveBack(token);
      commands.push(this.#command());
    }
    this.#checkPipeline(commands, context);
    // Declared by now, and not before: a pipeline does not see the variables it declares.
    return { kind: 'pipe', at, isAssign, decl: decl.map((token) => this.#declare(token, isAssign)), commands };
  }

  /** The variables before `:=` or `=`, when there are any. */
  #declarations(context: string): { decl: Token[]; isAssign: boolean } {
    const decl: Token[] = [];
    while (this.#input.tokens.peekNonSpace().type === 'variable') {
      const variable = this.#input.tokens.next();
      const after = this.#input.tokens.peek();
      const following = this.#input.tokens.peekNonSpace();
      if (following.type === 'assign' || following.type === 'declare') {
        this.#input.tokens.nextNonSpace();
        decl.push(variable);
        this.#scope.names.push(variable.text);
        return { decl, isAssign: following.type === 'assign' };
      }
      if (following.type !== 'character' || following.text !== ',') {
        // An operand after all. The space that tells it from the next one was skipped.
        if (after.type === 'space') this.#input.tokens.giveBack(after);
        this.#input.tokens.giveBack(variable);
        break;
      }
      this.#input.tokens.nextNonSpace();
      decl.push(variable);
      this.#scope.names.push(variable.text);
      this.#checkSecondVariable(context, decl.length);
    }
    return { decl, isAssign: false };
  }

  #checkSecondVariable(context: string, count: number): void {
    if (context !== 'range' || count > 1) this.#input.fail(`too many declarations in ${context}`);
    const { type } = this.#input.tokens.peekNonSpace();
    if (type !== 'variable' && type !== 'rightDelim' && type !== 'rightParen') {
      this.#input.fail('range can only initialize variables');
    }
  }

  #declare(token: Token, isAssign: boolean): VariableNode {
    const slot = isAssign ? this.#slotOf(token.text) : this.#slots++;
    if (!isAssign) this.#scope.slots.push({ name: token.text, slot });
    return { kind: 'variable', at: token.at, name: token.text, fields: [], slot };
  }

  #slotOf(name: string): number {
    return this.#scope.slots.findLast((variable) => variable.name === name)?.slot ?? -1;
  }

  #checkPipeline(commands: readonly CommandNode[], context: string): void {
    if (commands.length === 0) this.#input.fail(`missing value for ${context}`);
    commands.forEach(({ args: [first] }, index) => {
      const isConstant = first !== undefined && ['bool', 'dot', 'nil', 'number', 'string'].includes(first.kind);
      if (index > 0 && isConstant) this.#input.fail(`non executable command in pipeline stage ${index + 1}`);
    });
  }

  #command(): CommandNode {
    const { at } = this.#input.tokens.peekNonSpace();
    const args: ArgNode[] = [];
    for (;;) {
      this.#input.tokens.peekNonSpace();
      const operand = this.#operand();
      if (operand !== undefined) args.push(operand);
      const token = this.#input.tokens.next();
      if (token.type === 'space') continue;
      if (token.type === 'rightDelim' || token.type === 'rightParen') this.#input.tokens.giveBack(token);
      else if (token.type !== 'pipe') this.#input.unexpected(token, 'operand');
      if (args.length === 0) this.#input.fail('empty command');
      return { kind: 'command', at, args };
    }
  }

  #operand(): ArgNode | undefined {
    const node = this.#term();
    if (node === undefined) return undefined;
    const { at, type } = this.#input.tokens.peek();
    if (type !== 'field') return node;
    const fields: string[] = [];
    while (this.#input.tokens.peek().type === 'field') fields.push(this.#input.tokens.next().text.slice(1));
    switch (node.kind) {
      case 'field':
      case 'variable':
        return { ...node, at, fields: [...node.fields, ...fields] };
      case 'bool':
      case 'dot':
      case 'nil':
      case 'number':
      case 'string':
        return this.#input.fail(`unexpected . after term ${quote(nodeText(node))}`);
      default:
        return { kind: 'chain', at, node, fields };
    }
  }

  #term(): ArgNode | undefined {
    const token = this.#input.tokens.nextNonSpace();
    const { at, text } = token;
    switch (token.type) {
      case 'identifier':
        if (!this.#isFunction(text)) this.#input.fail(`function ${quote(text)} not defined`);
        return { kind: 'identifier', at, name: text };
      case 'dot':
      case 'nil':
        return { kind: token.type, at };
      case 'variable':
        if (!this.#scope.names.includes(text)) this.#input.fail(`undefined variable ${quote(text)}`);
        return { kind: 'variable', at, name: text, fields: [], slot: this.#slotOf(text) };
      case 'field':
        return { kind: 'field', at, fields: [text.slice(1)] };
      case 'bool':
        return { kind: 'bool', at, value: text === 'true' };
      case 'charConstant':
      case 'complex':
      case 'number':
        return this.#input.literal(() => parseNumber(text, token.type, at));
      case 'leftParen':
        return this.#input.nested(() => this.parse('parenthesized pipeline', 'rightParen'));
      case 'string':
      case 'rawString':
        return { kind: 'string', at, quoted: text, value: this.#input.literal(() => unquote(text)) };
      default:
        this.#input.tokens.giveBack(token);
        return undefined;
    }
  }
}
