/**
 * The templates that are rendered both ways: those written down in `corpus/`, and those `generated.ts` puts together.
 *
 * A line of a file is a template; ¶ stands for a newline. `# data NAME` says what the following ones are executed with,
 * `# shape REGEX` that they are random and only have to look like this, `# differs REASON` that ours are known to come out
 * otherwise, `# exact` that neither is so any more. Other lines that begin with # are comments.
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
  /** Why ours is known not to be Go's. */
  readonly differs?: string;
}

function readCases(file: string): TemplateCase[] {
  const cases: TemplateCase[] = [];
  const area = basename(file, '.txt');
  let data = 'none';
  let compared: Pick<TemplateCase, 'shape' | 'differs'> = {};
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [, directive, value = ''] = /^# (data|shape|differs|exact)\b ?(.*)$/.exec(line) ?? [];
    if (directive === 'data') data = value;
    else if (directive === 'shape') compared = { shape: new RegExp(`^(?:${value})$`) };
    else if (directive === 'differs') compared = { differs: value };
    else if (directive === 'exact') compared = {};
    else if (line !== '' && !line.startsWith('#')) {
      cases.push({ area, template: line.replaceAll('¶', '\n'), data, ...compared });
    }
  }
  return cases;
}

export function corpus(): TemplateCase[] {
  const files = globSync('corpus/*.txt', { cwd: import.meta.dirname }).sort();
  return [...files.flatMap((file) => readCases(join(import.meta.dirname, file))), ...generated()];
}
