/** `tidings histogram` and `tidings top`: how often, and what most. */
import { type Command, Option } from 'commander';
import type { CountReader } from '../app/counts-here.ts';
import { DIMENSIONS, type Dimension, MOST_COUNTS } from '../core/dimensions.ts';
import { collectList, limitUpTo, parseInstant } from './_args.ts';
import type { FilterFlags } from './_event-filter.ts';
import type { CliIo } from './_io.ts';
import { indentedJson } from './_json.ts';
import { Output } from './_output.ts';
import { addStoreFlags, placeOf, type StoreFlags } from './_store-flags.ts';
import { GET_STYLE, Table } from './_table.ts';
import { harmless } from './_text.ts';

const DAY_MS = 86_400_000;
const BAR_WIDTH = 40;

interface CountFlags extends StoreFlags, FilterFlags {
  readonly namespace?: readonly string[];
  readonly cluster?: readonly string[];
  readonly since?: number;
  readonly until?: number;
  readonly by: Dimension;
  readonly limit: number;
  readonly output?: 'json';
}

export function addCountCommands(program: Command, io: CliIo): void {
  command(program.command('histogram'), io)
    .description('print how often events occurred, by time')
    .addOption(new Option('--by <field>', 'in columns of their own').choices(DIMENSIONS).default('severity'))
    .option('--limit <number>', `about so many lines, ${MOST_COUNTS} at most`, limitUpTo(MOST_COUNTS), 24)
    .action((flags: CountFlags) => withCounts(flags, io, printHistogram));
  command(program.command('top'), io)
    .description('print what occurred most often')
    .addOption(new Option('--by <field>', 'values of this').choices(DIMENSIONS).default('reason'))
    .option('--limit <number>', `so many of them, ${MOST_COUNTS} at most`, limitUpTo(MOST_COUNTS), 10)
    .action((flags: CountFlags) => withCounts(flags, io, printTop));
}

function command(added: Command, io: CliIo): Command {
  const instant = (text: string): number => parseInstant(text, io.now());
  return addStoreFlags(added)
    .option('-n, --namespace <names>', 'only of these namespaces (default: all)', collectList)
    .option('--cluster <names>', 'only of these clusters (default: all)', collectList)
    .option('--since <time>', 'last seen at or after: 2h, 7d, 2026-01-31 (default: 24h)', instant)
    .option('--until <time>', 'last seen at or before (default: now)', instant)
    .option('--filter <expression>', 'only what this holds for, in CEL: event.count > 3')
    .option('--search <terms>', 'only what has all of this: reason:BackOff -type:Normal pod:web-* "timed out"')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['json']));
}

type Print = (reader: CountReader, flags: CountFlags, output: Output) => Promise<Answer>;

interface Answer {
  readonly coverage: { readonly share: number };
  readonly leftOut?: { readonly before?: string };
}

async function withCounts(flags: CountFlags, io: CliIo, print: Print): Promise<void> {
  const reader = await openCounts(flags, io);
  try {
    const output = new Output(io.stdout);
    const { coverage, leftOut } = await print(reader, flags, output);
    await output.flush();
    if (coverage.share < 1) io.stderr.write(`# ${percent(coverage.share)} of it was watched: tidings coverage\n`);
    if (leftOut?.before !== undefined)
      io.stderr.write(`# what was last seen before ${leftOut.before} is not counted\n`);
  } finally {
    await reader.close();
  }
}

async function openCounts(flags: CountFlags, io: CliIo): Promise<CountReader> {
  const place = placeOf(flags, io.env);
  if ('dataDir' in place) {
    const { countsHere } = await import('../app/counts-here.ts');
    return countsHere(place.dataDir, io.now);
  }
  const { connectTidings } = await import('../app/connect-tidings.ts');
  const connected = await connectTidings(place.address);
  const { histogram, facets } = connected.client;
  return { histogram, facets, close: () => connected.close() };
}

async function printHistogram(reader: CountReader, flags: CountFlags, output: Output): Promise<Answer> {
  const answer = await reader.histogram({ ...questionOf(flags), by: flags.by, buckets: flags.limit });
  const { start, stepMs, keys, counts, lower } = answer.data;
  if (flags.output === 'json') return printJson(answer, output);
  const totals = lower.map((_, step) => counts.reduce((sum, ofKey) => sum + (ofKey[step] ?? 0), 0));
  const most = Math.max(1, ...totals);
  const table = new Table(output, GET_STYLE);
  table.header(['TIME', 'TOTAL', ...keys.map((key) => harmless((key ?? 'others').toUpperCase())), '']);
  for (const [step, total] of totals.entries()) {
    const time = new Date(Date.parse(start) + step * stepMs).toISOString().replace('.000Z', 'Z');
    // There may have been more than was seen.
    const sign = lower[step] ? '≥' : '';
    const bar = '█'.repeat(Math.ceil((total * BAR_WIDTH) / most));
    await table.row([time, `${sign}${total}`, ...counts.map((ofKey) => String(ofKey[step] ?? 0)), bar]);
  }
  await table.flush();
  return answer;
}

async function printTop(reader: CountReader, flags: CountFlags, output: Output): Promise<Answer> {
  const answer = await reader.facets({ ...questionOf(flags), fields: [flags.by], top: flags.limit });
  if (flags.output === 'json') return printJson(answer, output);
  const { values = [], more = 0 } = answer.data[flags.by] ?? {};
  const table = new Table(output, GET_STYLE);
  table.header([flags.by.toUpperCase(), 'OCCURRENCES']);
  for (const { value, occurrences } of values) await table.row([harmless(value), String(occurrences)]);
  if (more > 0) table.text(`# and ${more} more; --limit prints them`);
  await table.flush();
  return answer;
}

async function printJson(answer: Answer & { readonly data: unknown }, output: Output): Promise<Answer> {
  await output.write(`${indentedJson(answer)}\n`);
  return answer;
}

function questionOf({ namespace, cluster, since, until, search, filter }: CountFlags) {
  const to = until === undefined ? {} : { to: new Date(until).toISOString() };
  const from = since ?? (until === undefined ? undefined : until - DAY_MS);
  return {
    ...(namespace && { namespace: [...namespace] }),
    ...(cluster && { cluster: [...cluster] }),
    ...(from !== undefined && { from: new Date(from).toISOString() }),
    ...to,
    ...(search !== undefined && { q: search }),
    ...(filter !== undefined && { cel: filter }),
  };
}

function percent(share: number): string {
  return `${Math.floor(share * 1000) / 10} %`;
}
