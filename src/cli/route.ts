import { fstatSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import type { EventVerdict } from '../app/route-test.ts';
import type { RunConfig } from '../app/run.ts';
import { AppError, messageOf } from '../core/errors.ts';
import { views } from '../core/missing-coverage.ts';
import { isObject } from '../util/is-object.ts';
import { parseInstant } from './_args.ts';
import { missingLine } from './_coverage-words.ts';
import { withHistory } from './_history.ts';
import type { CliIo } from './_io.ts';
import { Output } from './_output.ts';
import { printReport, printVerdicts, reportJson, verdictsJson } from './_route-report.ts';
import { addStoreFlags, placeOf, type StoreFlags } from './_store-flags.ts';
import { harmlessLines } from './_text.ts';

interface RouteTestFlags extends StoreFlags {
  readonly config?: string;
  readonly since?: number;
  readonly until?: number;
  readonly filter?: string;
  readonly output?: 'json';
}

const WEEK_MS = 7 * 24 * 60 * 60_000;

/** `tidings route`: what the routes of a configuration make of events, before it goes live. */
export function addRouteCommand(program: Command, io: CliIo, onResult: (exitCode: number) => void): void {
  const instant = (typed: string): number => parseInstant(typed, io.now());
  const route = program.command('route').description('what the routes of a configuration make of events');
  addStoreFlags(route.command('test'))
    .description(
      'show which events would go to which sinks: those of a file or of stdin, else what is stored; sends nothing',
    )
    .argument('[file]', 'events as JSON, one a line or a list, as kubectl and `get events` print them; - is stdin')
    .option('--config <file>', 'the configuration to judge (TIDINGS_CONFIG)')
    .option('--since <time>', 'what is stored from: 2h, 30d, 2026-01-31 (default: 7d)', instant)
    .option('--until <time>', 'to (default: now)', instant)
    .option('--filter <expression>', 'report only what this holds for, in CEL: event.type == "Warning"')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['json']))
    .action(async (file: string | undefined, flags: RouteTestFlags) => {
      const { loadRunConfig } = await import('../app/run-config.ts');
      const { config: configFile, data } = flags;
      const config = await loadRunConfig(
        { ...(configFile !== undefined && { config: configFile }), ...(data !== undefined && { data }) },
        io.env,
      );
      const events = await givenEvents(file, flags, io);
      if (events === undefined) await testStored(config, flags, io);
      else if (!(await testGiven(config, events, flags, io))) onResult(1);
    });
}

/** The text of the events that were given; undefined when what is stored is meant. */
async function givenEvents(file: string | undefined, flags: RouteTestFlags, io: CliIo): Promise<string | undefined> {
  const { since, until, filter } = flags;
  const isStored = since !== undefined || until !== undefined || filter !== undefined;
  if (file !== undefined && isStored) {
    throw new AppError(
      'USAGE',
      'test routes: found a file of events and --since, --until or --filter, want one of them',
    );
  }
  if (file === undefined && (isStored || !io.stdin || !isRedirected(io.stdin))) return undefined;
  try {
    if (file !== undefined && file !== '-') return await readFile(file, 'utf8');
    const given = await text(io.stdin ?? Readable.from([]));
    // What starts a command may leave it an empty pipe that nobody meant.
    return file === undefined && given.trim() === '' ? undefined : given;
  } catch (cause) {
    throw new AppError('USAGE', `read events: ${messageOf(cause)}`, { cause });
  }
}

/** A file or a pipe, neither a terminal nor /dev/null, which a command without input gets. */
function isRedirected(stdin: Readable & { readonly fd?: unknown }): boolean {
  if (typeof stdin.fd !== 'number') return true;
  const stat = fstatSync(stdin.fd);
  return stat.isFile() || stat.isFIFO();
}

async function testStored(config: RunConfig, flags: RouteTestFlags, io: CliIo): Promise<void> {
  const { testRoutes } = await import('../app/route-test.ts');
  const now = io.now();
  const range = { since: flags.since ?? now - WEEK_MS, until: Math.min(flags.until ?? now, now) };
  const isElsewhere = 'address' in placeOf(flags, io.env);
  await withHistory(io, isElsewhere ? flags : { data: config.dataDir }, async (history) => {
    const { filter } = flags;
    const report = await testRoutes(config, history, { ...range, ...(filter !== undefined && { filter }) });
    const output = new Output(io.stdout);
    if (flags.output === 'json') await output.write(reportJson(report, range));
    else await printReport(report, range, output);
    await output.flush();
    for (const source of report.readObjects) {
      io.stderr.write(
        `${harmlessLines(`# labels, annotations, owners and node are not stored; here they are empty: ${source}`)}\n`,
      );
    }
    const ledger = await history.coverage({ from: range.since, to: range.until }, {});
    const remark = missingLine(views(ledger, { nodes: false }), { ...range, now });
    if (remark !== undefined) io.stderr.write(`${remark}\n`);
  });
}

/** Resolves with whether all of them were events. */
async function testGiven(config: RunConfig, given: string, flags: RouteTestFlags, io: CliIo): Promise<boolean> {
  const { eventJudge } = await import('../app/route-test.ts');
  const judge = eventJudge(config, config.clusters[0]?.name ?? 'default');
  const now = io.now();
  const verdicts: EventVerdict[] = [];
  let isSound = true;
  for (const { place, parse } of eventsIn(given)) {
    try {
      verdicts.push(judge(parse(), now));
    } catch (error) {
      isSound = false;
      io.stderr.write(`${place}: ${harmlessLines(messageOf(error))}\n`);
    }
  }
  const output = new Output(io.stdout);
  if (flags.output === 'json') await output.write(verdictsJson(verdicts));
  else await printVerdicts(verdicts, output);
  await output.flush();
  return isSound;
}

interface GivenEvent {
  /** For messages. */
  readonly place: string;
  /** Throws when it is no JSON. */
  readonly parse: () => unknown;
}

/** One JSON document, an event or a list of them; else one event a line. */
function eventsIn(given: string): readonly GivenEvent[] {
  try {
    const document: unknown = JSON.parse(given);
    // Go prints a list of nothing as null.
    const items = isObject(document) && 'items' in document ? (document['items'] ?? []) : document;
    const events: readonly unknown[] = Array.isArray(items) ? items : [document];
    return events.map((event, index) => ({ place: `event ${index + 1}`, parse: () => event }));
  } catch {
    const lines = given.split('\n').map((line, index) => ({ place: `line ${index + 1}`, line }));
    return lines
      .filter(({ line }) => line.trim() !== '')
      .map(({ place, line }) => ({ place, parse: (): unknown => JSON.parse(line) }));
  }
}
