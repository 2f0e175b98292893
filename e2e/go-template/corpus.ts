/**
 * The templates that are rendered both ways: those written down in `corpus/`, and those `generated.ts` puts together.
 *
 * A line of a file is a template; ¶ stands for a newline. `# data NAME` says what the following ones are executed with,
 * `# shape REGEX` that they are random and only have to look like this, `# exact` that they are compared again. Other
 * lines that begin with # are comments.
 */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { generated } from './generated.ts';

export interface TemplateCase {
  /** The file, or what generated it. */
  readonly area: string;
  readonly template: string;
  /** The name of the data: of `cases.json`, `none`, `kinds` or `kindsValue`. */
  readonly data: string;
  /** What the output looks like when it is random. */
  readonly shape?: RegExp;
}

function readCases(file: string): TemplateCase[] {
  const cases: TemplateCase[] = [];
  let data = 'none';
  let shape: RegExp | undefined;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [, directive, value = ''] = /^# (data|shape|exact)\b ?(.*)$/.exec(line) ?? [];
    if (directive === 'data') data = value;
    else if (directive !== undefined) shape = directive === 'shape' ? new RegExp(`^(?:${value})$`) : undefined;
    else if (line !== '' && !line.startsWith('#')) {
      const template = line.replaceAll('¶', '\n');
      cases.push({ area: basename(file, '.txt'), template, data, ...(shape && { shape }) });
    }
  }
  return cases;
}

export function corpus(): TemplateCase[] {
  const files = globSync('corpus/*.txt', { cwd: import.meta.dirname }).sort();
  return [...files.flatMap((file) => readCases(join(import.meta.dirname, file))), ...generated()];
}
