/** `tidings get events`: from flags to a query, and from its answer to what is printed. */
import type { WrittenQuery } from '../app/remote-history.ts';
import { matches } from '../component/event-query.ts';
import type { EventFilter, EventQuery, StoredEvent } from '../component/history.ts';
import type { Cursor } from '../component/log.ts';
import type { ScopeCoverage } from '../core/coverage.ts';
import { type View, views } from '../core/missing-coverage.ts';
import { recordKey } from '../core/record-key.ts';
import type { ObjectArgument } from './_args.ts';
import { coverageJson } from './_coverage-json.ts';
import { missingLine } from './_coverage-words.ts';
import { type FilterFlags, filterOf } from './_event-filter.ts';
import { type EventPrinter, framedPrinter, tablePrinter } from './_event-printer.ts';
import { checkClusters, type StoreReader } from './_history.ts';
import type { CliIo } from './_io.ts';
import { JSON_DOCUMENTS, JSON_LINES, JSON_LIST, NAMES, YAML_DOCUMENTS, YAML_LIST } from './_json.ts';
import { Output } from './_output.ts';
import type { StoreFlags } from './_store-flags.ts';

export const OUTPUTS = ['wide', 'json', 'yaml', 'jsonl', 'name'] as const;

export interface GetFlags extends StoreFlags, FilterFlags {
  readonly namespace?: readonly string[];
  readonly allNamespaces?: boolean;
  readonly cluster?: readonly string[];
  readonly for?: ObjectArgument;
  readonly since?: number;
  readonly until?: number;
  readonly type?: readonly string[];
  readonly reason?: readonly string[];
  readonly limit?: number;
  readonly revisions?: boolean;
  readonly watch?: boolean;
  readonly headers: boolean;
  readonly output?: (typeof OUTPUTS)[number];
}

const TERMINAL_LIMIT = 1000;

export async function getEvents(history: StoreReader, flags: GetFlags, io: CliIo): Promise<void> {
  const now = io.now();
  const query = queryOf(flags, await filterOf(flags, (remark) => io.stderr.write(`# ${remark}\n`)));
  // Taken before the query, so that nothing committed meanwhile is missed.
  const cursor = flags.watch ? await history.end(query) : undefined;
  const ledger = await ledgerOf(history, query, { flags, now });
  const seen = viewsOf(ledger, query);
  const range = { ...flags, now };
  const printer = createPrinter(flags, ledger, io);
  await printer.start({ tidings: { coverage: coverageJson(seen, range) } });
  const printed = cursor === undefined ? undefined : new Set<string>();
  const count = await printStored(history, query, { flags, io, printer, printed });
  if (!isList(flags)) {
    if (count === 0 && !flags.watch && flags.output !== 'jsonl') io.stderr.write(nothingFound(query));
    const remark = missingLine(seen, range);
    if (remark !== undefined) io.stderr.write(`${remark}\n`);
  }
  if (cursor === undefined) await printer.end(count);
  else await printFollowing(history, query, { cursor, printed, printer, signal: io.signal });
}

async function ledgerOf(
  history: StoreReader,
  query: WrittenQuery,
  { flags, now }: { readonly flags: GetFlags; readonly now: number },
): Promise<readonly ScopeCoverage[]> {
  const ledger = await history.coverage({ from: flags.since ?? 0, to: Math.min(flags.until ?? now, now) }, query);
  checkClusters(flags.cluster, ledger);
  return ledger.filter(({ cluster }) => !flags.cluster || flags.cluster.includes(cluster));
}

function viewsOf(ledger: readonly ScopeCoverage[], { namespaces, object }: EventQuery): View[] {
  return views(ledger, { ...(namespaces && { namespaces }), nodes: object?.kind === 'Node' });
}

/** A list carries its coverage, and says by itself when it is empty; for the others stderr does. */
function isList({ output, watch }: GetFlags): boolean {
  return !watch && (output === 'json' || output === 'yaml');
}

function nothingFound({ namespaces = [] }: EventQuery): string {
  return namespaces.length === 1 ? `No resources found in ${namespaces[0]} namespace.\n` : 'No resources found\n';
}

interface Following {
  readonly cursor: Cursor;
  readonly printed: ReadonlySet<string> | undefined;
  readonly printer: EventPrinter;
  readonly signal: AbortSignal | undefined;
}

async function printFollowing(history: StoreReader, query: WrittenQuery, following: Following): Promise<void> {
  const { cursor, printer, signal = new AbortController().signal } = following;
  let printed = following.printed;
  for await (const { events, caughtUp } of history.follow(cursor, query, signal)) {
    for (const event of events) {
      if (matches(event, query) && !printed?.has(recordKey(event))) await printer.print(event);
    }
    await printer.flush();
    // What the query gave as well was committed before the first time that everything was read.
    if (caughtUp) printed = undefined;
  }
}

function queryOf(flags: GetFlags, filter: EventFilter | undefined): WrittenQuery {
  const { namespace, allNamespaces, cluster, type, reason, since, until, search } = flags;
  return {
    ...(cluster && { clusters: cluster }),
    ...(namespace && !allNamespaces && { namespaces: namespace }),
    ...(type && { types: type }),
    ...(reason && { reasons: reason }),
    ...(flags.for && { object: flags.for }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(filter && {
      filter,
      written: { ...(flags.filter !== undefined && { filter: flags.filter }), ...(search !== undefined && { search }) },
    }),
  };
}

function createPrinter(flags: GetFlags, ledger: readonly ScopeCoverage[], io: CliIo): EventPrinter {
  const output = new Output(io.stdout);
  const { output: format, watch } = flags;
  if (format === 'json') return framedPrinter(output, watch ? JSON_DOCUMENTS : JSON_LIST);
  if (format === 'yaml') return framedPrinter(output, watch ? YAML_DOCUMENTS : YAML_LIST);
  if (format === 'jsonl') return framedPrinter(output, JSON_LINES);
  if (format === 'name') return framedPrinter(output, NAMES);
  const clusters = new Set(ledger.map(({ cluster }) => cluster));
  const onlyNamespace = flags.allNamespaces ? undefined : flags.namespace;
  return tablePrinter(output, io, {
    wide: format === 'wide',
    headers: flags.headers,
    cluster: clusters.size > 1,
    namespace: onlyNamespace?.length !== 1,
  });
}

interface Printing {
  readonly flags: GetFlags;
  readonly io: CliIo;
  readonly printer: EventPrinter;
  /** Remembers what was printed, when it is there. */
  readonly printed: Set<string> | undefined;
}

/** Prints what is stored, newest last, and gives how many that were. */
async function printStored(history: StoreReader, query: WrittenQuery, printing: Printing): Promise<number> {
  const { flags, io, printer, printed } = printing;
  let count = 0;
  for await (const stored of storedEvents(history, query, flags, io)) {
    await printer.print(stored);
    printed?.add(recordKey(stored));
    count++;
  }
  await printer.flush();
  return count;
}

async function* storedEvents(
  history: StoreReader,
  query: WrittenQuery,
  flags: GetFlags,
  io: CliIo,
): AsyncGenerator<StoredEvent> {
  const revisions = flags.revisions ?? false;
  const limit = flags.limit ?? (io.stdout.isTTY ? TERMINAL_LIMIT : undefined);
  if (limit === undefined) {
    yield* history.events(query, { revisions, order: 'oldest-first' });
    return;
  }
  const newest: StoredEvent[] = [];
  // One more than wanted shows whether there are more.
  for await (const stored of history.events(query, { revisions, order: 'newest-first', limit: limit + 1 })) {
    newest.push(stored);
  }
  if (newest.length > limit) {
    newest.pop();
    if (flags.limit === undefined) io.stderr.write(`# the newest ${limit} events; --limit prints more\n`);
  }
  yield* newest.reverse();
}
