/**
 * Parses a template into trees, with Go's grammar, checks and messages.
 * https://pkg.go.dev/text/template#hdr-Actions, https://pkg.go.dev/text/template/parse
 */
import { quote, unquote } from './go-quote.ts';
import type { Token } from './lexer.ts';
import {
  type BranchNode,
  isEmptyList,
  type LoopControlNode,
  type StatementNode,
  type TemplateNode,
  type Tree,
} from './node.ts';
import { ParserInput } from './parser-input.ts';
import { PipelineParser } from './pipeline-parser.ts';

/** What closes a list. */
type ListEnd = { readonly kind: 'end'; readonly at: number } | { readonly kind: 'else'; readonly at: number };

class Parser {
  readonly #input: ParserInput;
  readonly #isFunction: (name: string) => boolean;
  readonly #trees = new Map<string, Tree>();
  // What belongs to the template being parsed, the outer one or a definition in it.
  #pipelines: PipelineParser;
  #rangeDepth = 0;

  constructor(input: ParserInput, isFunction: (name: string) => boolean) {
    this.#input = input;
    this.#isFunction = isFunction;
    this.#pipelines = new PipelineParser(input, isFunction);
  }

  parse(): ReadonlyMap<string, Tree> {
    const list: StatementNode[] = [];
    while (this.#input.tokens.peek().type !== 'eof') {
      if (this.#input.tokens.peek().type === 'leftDelim') {
        const delim = this.#input.tokens.next();
        const following = this.#input.tokens.nextNonSpace();
        if (following.type === 'define') {
          this.#definition();
          continue;
        }
        this.#input.tokens.giveBack(following, delim);
      }
      const node = this.#textOrAction();
      if (node.kind === 'end' || node.kind === 'else') this.#input.fail(`unexpected {{${node.kind}}}`);
      list.push(node);
    }
    this.#add({ name: this.#input.name, list });
    return this.#trees;
  }

  #add(tree: Tree): void {
    const known = this.#trees.get(tree.name);
    if (known === undefined || isEmptyList(known.list)) this.#trees.set(tree.name, tree);
    else if (!isEmptyList(tree.list)) this.#input.fail(`template: multiple definition of template ${quote(tree.name)}`);
  }

  /**
   * Parses the body of a definition, which sees nothing of what surrounds it. When it does not end as it should, the
   * message names the line of the token that is to blame, or that of where it ended.
   */
  #body(name: string, context: string, blamed?: Token): void {
    const outer = [this.#pipelines, this.#rangeDepth, this.#input.actionLine] as const;
    this.#pipelines = new PipelineParser(this.#input, this.#isFunction);
    this.#rangeDepth = 0;
    this.#input.actionLine = 0;
    const { list, end } = this.#list();
    if (end.kind !== 'end') {
      this.#input.tokens.last = blamed ?? this.#input.tokens.last;
      this.#input.fail(`unexpected {{${end.kind}}} in ${context}`);
    }
    this.#add({ name, list });
    [this.#pipelines, this.#rangeDepth, this.#input.actionLine] = outer;
  }

  #definition(): void {
    const context = 'define clause';
    const line = this.#input.actionLine;
    this.#input.actionLine = 0;
    const name = this.#templateName(this.#input.tokens.nextNonSpace(), context);
    this.#input.expect('rightDelim', context);
    this.#input.actionLine = line;
    this.#body(name, context);
  }

  #templateName(token: Token, context: string): string {
    if (token.type !== 'string' && token.type !== 'rawString') this.#input.unexpected(token, context);
    return this.#input.literal(() => unquote(token.text));
  }

  #list(): { list: StatementNode[]; end: ListEnd } {
    return this.#input.nested(() => {
      const list: StatementNode[] = [];
      while (this.#input.tokens.peekNonSpace().type !== 'eof') {
        const node = this.#textOrAction();
        if (node.kind === 'end' || node.kind === 'else') return { list, end: node };
        list.push(node);
      }
      return this.#input.fail('unexpected EOF');
    });
  }

  #textOrAction(): StatementNode | ListEnd {
    const token = this.#input.tokens.nextNonSpace();
    if (token.type === 'text') return { kind: 'text', at: token.at, text: token.text };
    if (token.type !== 'leftDelim') this.#input.unexpected(token, 'input');
    this.#input.actionLine = token.line;
    const action = this.#action();
    this.#input.actionLine = 0;
    return action;
  }

  #action(): StatementNode | ListEnd {
    const token = this.#input.tokens.nextNonSpace();
    switch (token.type) {
      case 'block':
        return this.#block();
      case 'break':
      case 'continue':
        return this.#loopControl(token.type, token.at);
      case 'else':
        return this.#else();
      case 'end':
        return { kind: 'end', at: this.#input.expect('rightDelim', 'end').at };
      case 'if':
      case 'range':
      case 'with':
        return this.#branch(token.type);
      case 'template':
        return this.#template();
      default:
        this.#input.tokens.giveBack(token);
        return { kind: 'action', at: token.at, pipe: this.#pipelines.parse('command', 'rightDelim') };
    }
  }

  #loopControl(kind: LoopControlNode['kind'], at: number): LoopControlNode {
    const token = this.#input.tokens.nextNonSpace();
    if (token.type !== 'rightDelim') this.#input.unexpected(token, `{{${kind}}}`);
    if (this.#rangeDepth === 0) this.#input.fail(`{{${kind}}} outside {{range}}`);
    return { kind, at };
  }

  #else(): ListEnd {
    const { type, at } = this.#input.tokens.peekNonSpace();
    if (type === 'if' || type === 'with') return { kind: 'else', at };
    return { kind: 'else', at: this.#input.expect('rightDelim', 'else').at };
  }

  #block(): TemplateNode {
    const context = 'block clause';
    const token = this.#input.tokens.nextNonSpace();
    const name = this.#templateName(token, context);
    const pipe = this.#pipelines.parse(context, 'rightDelim');
    this.#body(name, context, this.#input.tokens.last);
    return { kind: 'template', at: token.at, name, pipe };
  }

  #template(): TemplateNode {
    const context = 'template clause';
    const token = this.#input.tokens.nextNonSpace();
    const name = this.#templateName(token, context);
    const following = this.#input.tokens.nextNonSpace();
    if (following.type === 'rightDelim') return { kind: 'template', at: token.at, name, pipe: undefined };
    this.#input.tokens.giveBack(following);
    return { kind: 'template', at: token.at, name, pipe: this.#pipelines.parse(context, 'rightDelim') };
  }

  #branch(kind: BranchNode['kind']): BranchNode {
    return this.#pipelines.scoped(() => {
      const pipe = this.#pipelines.parse(kind, 'rightDelim');
      if (kind === 'range') this.#rangeDepth++;
      const { list, end } = this.#list();
      if (kind === 'range') this.#rangeDepth--;
      const elseList = end.kind === 'else' ? this.#elseList(kind) : undefined;
      return { kind, at: pipe.at, pipe, list, elseList };
    });
  }

  /** `{{else if}}` and `{{else with}}` are an else with one branch in it, which shares the end. */
  #elseList(kind: BranchNode['kind']): StatementNode[] {
    if (kind !== 'range' && this.#input.tokens.peek().type === kind) {
      this.#input.tokens.next();
      return [this.#input.nested(() => this.#branch(kind))];
    }
    const { list, end } = this.#list();
    if (end.kind !== 'end') this.#input.fail(`expected end; found {{${end.kind}}}`);
    return list;
  }
}

/** The templates in a text by name, the text's own among them. Throws a TemplateError. */
export function parseTrees(
  name: string,
  text: string,
  isFunction: (name: string) => boolean,
): ReadonlyMap<string, Tree> {
  return new Parser(new ParserInput(name, text, isFunction), isFunction).parse();
}
