/**
 * Parses a template into trees, with Go's grammar, checks and messages.
 * https://pkg.go.dev/text/template#hdr-Actions, https://pkg.go.dev/text/template/parse
 */
import { parseNumber } from './constant.ts';
import { quote, unquote } from './go-quote.ts';
import { utf8Length } from './go-string.ts';
import { describeToken, Lexer, type Token, type TokenType } from './lexer.ts';
import {
  type ArgNode,
  type BranchNode,
  type CommandNode,
  isEmptyList,
  type LoopControlNode,
  nodeText,
  type PipeNode,
  type StatementNode,
  type TemplateNode,
  type Tree,
  type VariableNode,
} from './node.ts';
import { TemplateError } from './template-error.ts';
import { TokenStream } from './token-stream.ts';
import { GoError } from './value.ts';

/**
 * How deep parentheses and control structures may be nested. Go allows 10,000 parentheses; the parser and what it makes
 * call themselves once a level, and a JavaScript stack holds less.
 */
const MAX_NESTING = 500;

/** What closes a list. */
type ListEnd = { readonly kind: 'end'; readonly at: number } | { readonly kind: 'else'; readonly at: number };

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

class Parser {
  readonly #name: string;
  readonly #text: string;
  readonly #tokens: TokenStream;
  readonly #isFunction: (name: string) => boolean;
  readonly #trees = new Map<string, Tree>();
  // What belongs to the template being parsed, the outer one or a definition in it.
  #scope: Scope = { names: ['$'], slots: [{ name: '$', slot: 0 }] };
  #slots = 1;
  #rangeDepth = 0;
  /** Of the action being parsed; 0 outside of one. */
  #actionLine = 0;

  #nesting = 0;

  constructor(name: string, text: string, isFunction: (name: string) => boolean) {
    this.#name = name;
    this.#text = text;
    this.#isFunction = isFunction;
    this.#tokens = new TokenStream(new Lexer(text, isFunction));
  }

  parse(): ReadonlyMap<string, Tree> {
    const list: StatementNode[] = [];
    while (this.#tokens.peek().type !== 'eof') {
      if (this.#tokens.peek().type === 'leftDelim') {
        const delim = this.#tokens.next();
        const following = this.#tokens.nextNonSpace();
        if (following.type === 'define') {
          this.#definition();
          continue;
        }
        this.#tokens.giveBack(following, delim);
      }
      const node = this.#textOrAction();
      if (node.kind === 'end' || node.kind === 'else') this.#fail(`unexpected {{${node.kind}}}`);
      list.push(node);
    }
    this.#add({ name: this.#name, list });
    return this.#trees;
  }

  #fail(message: string, cause?: unknown): never {
    const { line, at } = this.#tokens.last;
    const column = utf8Length(this.#text.slice(this.#text.lastIndexOf('\n', at - 1) + 1, at));
    throw new TemplateError(
      `template: ${this.#name}:${line}: ${message}`,
      { templateName: this.#name, line, column },
      cause === undefined ? {} : { cause },
    );
  }

  #unexpected(token: Token, context: string): never {
    if (token.type !== 'error') this.#fail(`unexpected ${describeToken(token)} in ${context}`);
    const started = ` started at ${this.#name}:${this.#actionLine}`;
    const begun = this.#actionLine !== 0 && this.#actionLine !== token.line;
    this.#fail(token.text + (begun ? (token.text.endsWith(' action') ? started : ` in action${started}`) : ''));
  }

  #expect(type: TokenType, context: string): Token {
    const token = this.#tokens.nextNonSpace();
    return token.type === type ? token : this.#unexpected(token, context);
  }

  /** Runs what reads literals; their errors become the template's. */
  #literal<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof GoError) this.#fail(error.message, error);
      throw error;
    }
  }

  #nested<T>(parse: () => T): T {
    if (this.#nesting >= MAX_NESTING) this.#fail('max expression depth exceeded');
    this.#nesting++;
    const result = parse();
    this.#nesting--;
    return result;
  }

  #add(tree: Tree): void {
    const known = this.#trees.get(tree.name);
    if (known === undefined || isEmptyList(known.list)) this.#trees.set(tree.name, tree);
    else if (!isEmptyList(tree.list)) this.#fail(`template: multiple definition of template ${quote(tree.name)}`);
  }

  /**
   * Parses the body of a definition, which sees nothing of what surrounds it. When it does not end as it should, the
   * message names the line of the token that is to blame, or that of where it ended.
   */
  #body(name: string, context: string, blamed?: Token): void {
    const outer = [this.#scope, this.#slots, this.#rangeDepth, this.#actionLine] as const;
    this.#scope = { names: ['$'], slots: [{ name: '$', slot: 0 }] };
    this.#slots = 1;
    this.#rangeDepth = 0;
    this.#actionLine = 0;
    const { list, end } = this.#list();
    if (end.kind !== 'end') {
      this.#tokens.last = blamed ?? this.#tokens.last;
      this.#fail(`unexpected {{${end.kind}}} in ${context}`);
    }
    this.#add({ name, list });
    [this.#scope, this.#slots, this.#rangeDepth, this.#actionLine] = outer;
  }

  #definition(): void {
    const context = 'define clause';
    const line = this.#actionLine;
    this.#actionLine = 0;
    const name = this.#templateName(this.#tokens.nextNonSpace(), context);
    this.#expect('rightDelim', context);
    this.#actionLine = line;
    this.#body(name, context);
  }

  #templateName(token: Token, context: string): string {
    if (token.type !== 'string' && token.type !== 'rawString') this.#unexpected(token, context);
    return this.#literal(() => unquote(token.text));
  }

  #list(): { list: StatementNode[]; end: ListEnd } {
    return this.#nested(() => {
      const list: StatementNode[] = [];
      while (this.#tokens.peekNonSpace().type !== 'eof') {
        const node = this.#textOrAction();
        if (node.kind === 'end' || node.kind === 'else') return { list, end: node };
        list.push(node);
      }
      return this.#fail('unexpected EOF');
    });
  }

  #textOrAction(): StatementNode | ListEnd {
    const token = this.#tokens.nextNonSpace();
    if (token.type === 'text') return { kind: 'text', at: token.at, text: token.text };
    if (token.type !== 'leftDelim') this.#unexpected(token, 'input');
    this.#actionLine = token.line;
    const action = this.#action();
    this.#actionLine = 0;
    return action;
  }

  #action(): StatementNode | ListEnd {
    const token = this.#tokens.nextNonSpace();
    switch (token.type) {
      case 'block':
        return this.#block();
      case 'break':
      case 'continue':
        return this.#loopControl(token.type, token.at);
      case 'else':
        return this.#else();
      case 'end':
        return { kind: 'end', at: this.#expect('rightDelim', 'end').at };
      case 'if':
      case 'range':
      case 'with':
        return this.#branch(token.type);
      case 'template':
        return this.#template();
      default:
        this.#tokens.giveBack(token);
        return { kind: 'action', at: token.at, pipe: this.#pipeline('command', 'rightDelim') };
    }
  }

  #loopControl(kind: LoopControlNode['kind'], at: number): LoopControlNode {
    const token = this.#tokens.nextNonSpace();
    if (token.type !== 'rightDelim') this.#unexpected(token, `{{${kind}}}`);
    if (this.#rangeDepth === 0) this.#fail(`{{${kind}}} outside {{range}}`);
    return { kind, at };
  }

  #else(): ListEnd {
    const { type, at } = this.#tokens.peekNonSpace();
    if (type === 'if' || type === 'with') return { kind: 'else', at };
    return { kind: 'else', at: this.#expect('rightDelim', 'else').at };
  }

  #block(): TemplateNode {
    const context = 'block clause';
    const token = this.#tokens.nextNonSpace();
    const name = this.#templateName(token, context);
    const pipe = this.#pipeline(context, 'rightDelim');
    this.#body(name, context, this.#tokens.last);
    return { kind: 'template', at: token.at, name, pipe };
  }

  #template(): TemplateNode {
    const context = 'template clause';
    const token = this.#tokens.nextNonSpace();
    const name = this.#templateName(token, context);
    const following = this.#tokens.nextNonSpace();
    if (following.type === 'rightDelim') return { kind: 'template', at: token.at, name, pipe: undefined };
    this.#tokens.giveBack(following);
    return { kind: 'template', at: token.at, name, pipe: this.#pipeline(context, 'rightDelim') };
  }

  #branch(kind: BranchNode['kind']): BranchNode {
    const { names, slots } = this.#scope;
    const marks = [names.length, slots.length] as const;
    const pipe = this.#pipeline(kind, 'rightDelim');
    if (kind === 'range') this.#rangeDepth++;
    const { list, end } = this.#list();
    if (kind === 'range') this.#rangeDepth--;
    const elseList = end.kind === 'else' ? this.#elseList(kind) : undefined;
    [names.length, slots.length] = marks;
    return { kind, at: pipe.at, pipe, list, elseList };
  }

  /** `{{else if}}` and `{{else with}}` are an else with one branch in it, which shares the end. */
  #elseList(kind: BranchNode['kind']): StatementNode[] {
    if (kind !== 'range' && this.#tokens.peek().type === kind) {
      this.#tokens.next();
      return [this.#nested(() => this.#branch(kind))];
    }
    const { list, end } = this.#list();
    if (end.kind !== 'end') this.#fail(`expected end; found {{${end.kind}}}`);
    return list;
  }

  #pipeline(context: string, end: TokenType): PipeNode {
    const { at } = this.#tokens.peekNonSpace();
    const { decl, isAssign } = this.#declarations(context);
    const commands: CommandNode[] = [];
    for (let token = this.#tokens.nextNonSpace(); token.type !== end; token = this.#tokens.nextNonSpace()) {
      if (!OPERANDS.has(token.type)) this.#unexpected(token, context);
      this.#tokens.giveBack(token);
      commands.push(this.#command());
    }
    this.#checkPipeline(commands, context);
    // Declared by now, and not before: a pipeline does not see the variables it declares.
    return { kind: 'pipe', at, isAssign, decl: decl.map((token) => this.#declare(token, isAssign)), commands };
  }

  /** The variables before `:=` or `=`, when there are any. */
  #declarations(context: string): { decl: Token[]; isAssign: boolean } {
    const decl: Token[] = [];
    while (this.#tokens.peekNonSpace().type === 'variable') {
      const variable = this.#tokens.next();
      const after = this.#tokens.peek();
      const following = this.#tokens.peekNonSpace();
      if (following.type === 'assign' || following.type === 'declare') {
        this.#tokens.nextNonSpace();
        decl.push(variable);
        this.#scope.names.push(variable.text);
        return { decl, isAssign: following.type === 'assign' };
      }
      if (following.type !== 'character' || following.text !== ',') {
        // An operand after all. The space that tells it from the next one was skipped.
        if (after.type === 'space') this.#tokens.giveBack(after);
        this.#tokens.giveBack(variable);
        break;
      }
      this.#tokens.nextNonSpace();
      decl.push(variable);
      this.#scope.names.push(variable.text);
      this.#checkSecondVariable(context, decl.length);
    }
    return { decl, isAssign: false };
  }

  #checkSecondVariable(context: string, count: number): void {
    if (context !== 'range' || count > 1) this.#fail(`too many declarations in ${context}`);
    const { type } = this.#tokens.peekNonSpace();
    if (type !== 'variable' && type !== 'rightDelim' && type !== 'rightParen') {
      this.#fail('range can only initialize variables');
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
    if (commands.length === 0) this.#fail(`missing value for ${context}`);
    commands.forEach(({ args: [first] }, index) => {
      const isConstant = first !== undefined && ['bool', 'dot', 'nil', 'number', 'string'].includes(first.kind);
      if (index > 0 && isConstant) this.#fail(`non executable command in pipeline stage ${index + 1}`);
    });
  }

  #command(): CommandNode {
    const { at } = this.#tokens.peekNonSpace();
    const args: ArgNode[] = [];
    for (;;) {
      this.#tokens.peekNonSpace();
      const operand = this.#operand();
      if (operand !== undefined) args.push(operand);
      const token = this.#tokens.next();
      if (token.type === 'space') continue;
      if (token.type === 'rightDelim' || token.type === 'rightParen') this.#tokens.giveBack(token);
      else if (token.type !== 'pipe') this.#unexpected(token, 'operand');
      if (args.length === 0) this.#fail('empty command');
      return { kind: 'command', at, args };
    }
  }

  #operand(): ArgNode | undefined {
    const node = this.#term();
    if (node === undefined) return undefined;
    const { at, type } = this.#tokens.peek();
    if (type !== 'field') return node;
    const fields: string[] = [];
    while (this.#tokens.peek().type === 'field') fields.push(this.#tokens.next().text.slice(1));
    switch (node.kind) {
      case 'field':
      case 'variable':
        return { ...node, at, fields: [...node.fields, ...fields] };
      case 'bool':
      case 'dot':
      case 'nil':
      case 'number':
      case 'string':
        return this.#fail(`unexpected . after term ${quote(nodeText(node))}`);
      default:
        return { kind: 'chain', at, node, fields };
    }
  }

  #term(): ArgNode | undefined {
    const token = this.#tokens.nextNonSpace();
    const { at, text } = token;
    switch (token.type) {
      case 'identifier':
        if (!this.#isFunction(text)) this.#fail(`function ${quote(text)} not defined`);
        return { kind: 'identifier', at, name: text };
      case 'dot':
      case 'nil':
        return { kind: token.type, at };
      case 'variable':
        if (!this.#scope.names.includes(text)) this.#fail(`undefined variable ${quote(text)}`);
        return { kind: 'variable', at, name: text, fields: [], slot: this.#slotOf(text) };
      case 'field':
        return { kind: 'field', at, fields: [text.slice(1)] };
      case 'bool':
        return { kind: 'bool', at, value: text === 'true' };
      case 'charConstant':
      case 'complex':
      case 'number':
        return this.#literal(() => parseNumber(text, token.type, at));
      case 'leftParen':
        return this.#nested(() => this.#pipeline('parenthesized pipeline', 'rightParen'));
      case 'string':
      case 'rawString':
        return { kind: 'string', at, quoted: text, value: this.#literal(() => unquote(text)) };
      default:
        this.#tokens.giveBack(token);
        return undefined;
    }
  }
}

/** The templates in a text by name, the text's own among them. Throws a TemplateError. */
export function parseTrees(
  name: string,
  text: string,
  isFunction: (name: string) => boolean,
): ReadonlyMap<string, Tree> {
  return new Parser(name, text, isFunction).parse();
}
