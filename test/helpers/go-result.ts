import { toBytes } from '../../src/lang/go-template/go-string.ts';
import { TemplateError } from '../../src/lang/go-template/template-error.ts';

/** What a template gives, or the message of the error that ended it: as the tables of what Go gives have it. */
export function goResult(render: () => string): string {
  try {
    // What is not UTF-8 is in the tables as any reader of UTF-8 sees it.
    return Buffer.from(toBytes(render())).toString();
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    throw error;
  }
}
