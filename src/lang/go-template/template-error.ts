/**
 * What a template fails with, while it is parsed or executed. The message is Go's, with its position:
 * `template: NAME:LINE: …` from the parser, `template: NAME:LINE:COLUMN: executing "NAME" at <…>: …` from an execution.
 */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  /** Of the template that was parsed. */
  readonly templateName: string;
  /** Counted from 1. */
  readonly line: number;
  /** In bytes from the beginning of the line, counted from 0, as Go does in its messages. */
  readonly column: number;

  constructor(message: string, position: TemplatePosition, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.templateName = position.templateName;
    this.line = position.line;
    this.column = position.column;
  }
}

export interface TemplatePosition {
  readonly templateName: string;
  readonly line: number;
  readonly column: number;
}
