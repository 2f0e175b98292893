/** Command lines as Go's `flag` reads them, with its messages: https://pkg.go.dev/flag#hdr-Command_line_flag_syntax */
import type { Answer } from './personality.ts';

/** One text for each flag: what it is for, or what it was given. */
export type GoFlags<TName extends string> = Readonly<Record<TName, string>>;

export type ParsedFlags<TName extends string> = { readonly values: GoFlags<TName> } | { readonly answer: Answer };

/**
 * The value of each flag: the last one where it is given several times, "" where it is not. Reading ends at the first
 * argument that is no flag, or after `--`; what follows is ignored.
 */
export function parseGoFlags<TName extends string>(
  program: string,
  usages: GoFlags<TName>,
  args: readonly string[],
): ParsedFlags<TName> {
  const isFlag = (name: string): name is TName => Object.hasOwn(usages, name);
  const values = new Map<string, string>(Object.keys(usages).map((name) => [name, '']));
  const wrong = (problem: string): ParsedFlags<TName> => ({ answer: wrongUse(program, usages, problem) });
  const left = [...args];
  for (let argument = left.shift(); argument !== undefined; argument = left.shift()) {
    if (!/^-./s.test(argument) || argument === '--') break;
    const [, name, value] = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(argument) ?? [];
    if (name === undefined) return wrong(`bad flag syntax: ${argument}`);
    if (!isFlag(name)) {
      if (name === 'h' || name === 'help') return { answer: { text: usageOf(program, usages), exitCode: 0 } };
      return wrong(`flag provided but not defined: -${name}`);
    }
    const given = value ?? left.shift();
    if (given === undefined) return wrong(`flag needs an argument: -${name}`);
    values.set(name, given);
  }
  return { values: Object.fromEntries(values) as Record<TName, string> };
}

/** What a program says that cannot run with its flags: the problem, and how it is used. */
export function wrongUse(program: string, usages: GoFlags<string>, problem: string): Answer {
  return { text: `${problem}\n${usageOf(program, usages)}`, exitCode: 2 };
}

/** As `PrintDefaults` prints flags that are texts. */
function usageOf(program: string, usages: GoFlags<string>): string {
  const flags = Object.entries(usages)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, usage]) => `  -${name} string\n    \t${usage}\n`);
  return `Usage of ${program}:\n${flags.join('')}`;
}
