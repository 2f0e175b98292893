import { type Command, Option } from 'commander';
import { type CoverageRange, clip, missing, type View, views } from '../core/missing-coverage.ts';
import { collectList, parseInstant } from './_args.ts';
import { coverageJson } from './_coverage-json.ts';
import { explain, lasting, moment, scopeName } from './_coverage-words.ts';
import { checkClusters, withHistory } from './_history.ts';
import type { CliIo } from './_io.ts';
import { indentedJson } from './_json.ts';
import { Output } from './_output.ts';
import { addStoreFlags, type StoreFlags } from './_store-flags.ts';
import { GET_STYLE, Table } from './_table.ts';
import { harmless } from './_text.ts';

interface CoverageFlags extends StoreFlags {
  readonly since?: number;
  readonly until?: number;
  readonly cluster?: readonly string[];
  readonly output?: 'json';
}

export function addCoverageCommand(program: Command, io: CliIo): void {
  const now = io.now();
  const instant = (text: string): number => parseInstant(text, now);
  addStoreFlags(program.command('coverage'))
    .description('print when events were observed and when not, and what stays unknown')
    .option('--since <time>', 'from: 2h, 7d, 2026-01-31 (default: the first observation)', instant)
    .option('--until <time>', 'to (default: now)', instant)
    .option('--cluster <names>', 'only of these clusters (default: all)', collectList)
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['json']))
    .action(async (flags: CoverageFlags) => {
      const output = new Output(io.stdout);
      await withHistory(io, flags, async (history) => {
        const { since = 0, until = now, cluster: clusters } = flags;
        const ledger = await history.coverage(
          { from: since, to: Math.min(until, now) },
          { ...(clusters && { clusters }) },
        );
        checkClusters(flags.cluster, ledger);
        const seen = ledger
          .filter(({ cluster }) => !flags.cluster || flags.cluster.includes(cluster))
          .flatMap((scope) => views([scope], { namespaces: [scope.scope] }));
        const range = { ...flags, now };
        if (flags.output === 'json') await output.write(`${indentedJson(coverageJson(seen, range))}\n`);
        else await printCoverage(seen, range, output);
        await output.flush();
        if (seen.length === 0 && flags.output !== 'json') io.stderr.write('No cluster was observed yet\n');
      });
    });
}

async function printCoverage(seen: readonly View[], range: CoverageRange, output: Output): Promise<void> {
  for (const [index, view] of seen.entries()) {
    const head = `${harmless(view.cluster)}: ${harmless(scopeName(view.scope))}`;
    await output.write(`${index === 0 ? '' : '\n'}${head}\n`);
    const table = new Table(output, { ...GET_STYLE, indent: '  ' });
    for (const row of coverageRows(view, range)) await table.row(row);
    await table.flush();
  }
}

/** Observed and missing stretches in one order of time. */
function coverageRows(view: View, range: CoverageRange): string[][] {
  const from = range.since ?? 0;
  const to = Math.min(range.until ?? range.now, range.now);
  const observed = clip(view.observed, { from, to }).map((one) => ({ ...one, words: '' }));
  const found = missing([view], range).map((one) => ({ ...one, words: explain(one, range.now) }));
  return [...observed, ...found]
    .toSorted((a, b) => a.from - b.from || a.to - b.to)
    .map((one) => [
      one.words === '' ? 'observed' : 'missing',
      `${moment(one.from)} – ${moment(one.to)}`,
      lasting(one),
      one.words,
    ])
    .map((row) => (row.at(-1) === '' ? row.slice(0, -1) : row));
}
