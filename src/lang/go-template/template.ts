/**
 * Go's text/template. Follows Go 1.26: https://pkg.go.dev/text/template@go1.26.0, https://pkg.go.dev/fmt@go1.26.0
 *
 * A template is parsed and compiled once and executed as often as there are events. Nothing it does can take longer or
 * grow larger than its limits allow.
 */
import { BUILTINS } from './builtins.ts';
import type { FunctionTable } from './command.ts';
import { Execution, type ExecutionLimits } from './execution.ts';
import type { TemplateFunctions } from './functions.ts';
import { parseTrees } from './parser.ts';
import { compileTemplates } from './statement.ts';
import type { GoValue } from './value.ts';

export interface TemplateOptions {
  /** What the template can call beside the built-ins; a function of the same name replaces a built-in. */
  readonly functions?: TemplateFunctions;
  readonly limits?: ExecutionLimits;
  /** Applied to all that actions print, and not to the text between them: what is safe in a URL, say. */
  readonly escape?: (printed: string) => string;
}

export interface Template {
  /**
   * The output for a value of dot. Throws a TemplateError, with Go's message where Go fails too. Bytes that are no valid
   * UTF-8 are in the output as `go-string.ts` keeps them.
   */
  execute(data: GoValue): string;
}

const LOGIC = ['and', 'or', 'call'];

/** Parses a template. Throws a TemplateError. */
export function parseTemplate(name: string, text: string, options: TemplateOptions = {}): Template {
  const table: FunctionTable = {
    builtins: new Map(Object.entries(BUILTINS)),
    functions: new Map(Object.entries(options.functions ?? {})),
  };
  const known = new Set([...LOGIC, ...table.builtins.keys(), ...table.functions.keys()]);
  const { limits = {}, escape = (printed) => printed } = options;
  const trees = parseTrees(name, text, (identifier) => known.has(identifier));
  const call = compileTemplates(table, trees);
  return {
    execute(data) {
      const run = new Execution(name, text, limits, escape);
      run.bounded(() => call(run, name, data ?? undefined));
      return run.output;
    },
  };
}
