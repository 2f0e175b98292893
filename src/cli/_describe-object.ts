/** `tidings describe`: the story of an object, laid out as the events of kubectl describe. */
import type { EventQuery, StoredEvent } from '../component/history.ts';
import { describedAge, humanDuration } from '../core/age.ts';
import type { ScopeCoverage } from '../core/coverage.ts';
import { type Missing, missing, views } from '../core/missing-coverage.ts';
import { printedReporter } from '../core/printed-event.ts';
import type { ObjectArgument } from './_args.ts';
import { explain, missingLine, moment, span } from './_coverage-words.ts';
import { messageCell } from './_event-row.ts';
import { checkClusters, type StoreReader } from './_history.ts';
import type { CliIo } from './_io.ts';
import { Output, wantsColour } from './_output.ts';
import type { StoreFlags } from './_store-flags.ts';
import { type Incarnation, type Story, stories } from './_story.ts';
import { DESCRIBE_STYLE, Table } from './_table.ts';
import { coloured, harmless } from './_text.ts';

const COLUMNS = ['Type', 'Reason', 'Age', 'From', 'Message'] as const;
const RULES = ['----', '------', '----', '----', '-------'] as const;

export interface DescribeFlags extends StoreFlags {
  readonly namespace?: readonly string[];
  readonly cluster?: readonly string[];
}

export async function describeObject(
  history: StoreReader,
  object: ObjectArgument,
  flags: DescribeFlags,
  io: CliIo,
): Promise<void> {
  const now = io.now();
  const query: EventQuery = {
    object,
    ...(flags.namespace && { namespaces: flags.namespace }),
    ...(flags.cluster && { clusters: flags.cluster }),
  };
  const ledger = await history.coverage({ from: 0, to: now }, query);
  checkClusters(flags.cluster, ledger);
  const events: StoredEvent[] = [];
  for await (const stored of history.events(query, { order: 'oldest-first' })) events.push(stored);
  const told = stories(events);
  if (told.length === 0) io.stderr.write(nothingFound(query, ledger, now));
  const output = new Output(io.stdout);
  for (const [index, story] of told.entries()) {
    if (index > 0) await output.write('\n\n');
    await printStory(story, ledger, { now, output, io });
  }
  await output.flush();
}

function nothingFound(query: EventQuery, ledger: readonly ScopeCoverage[], now: number): string {
  const { clusters, namespaces } = query;
  const asked = ledger.filter(({ cluster }) => !clusters || clusters.includes(cluster));
  const remark = missingLine(views(asked, { ...(namespaces && { namespaces }), nodes: true }), { now });
  const where = namespaces?.length === 1 ? ` in ${namespaces[0]} namespace.` : '';
  return `No resources found${where}\n${remark === undefined ? '' : `${remark}\n`}`;
}

interface Printing {
  readonly now: number;
  readonly output: Output;
  readonly io: CliIo;
}

async function printStory(story: Story, ledger: readonly ScopeCoverage[], printing: Printing): Promise<void> {
  const { now, output } = printing;
  const { incarnations } = story;
  const firstSeen = Math.min(...incarnations.map((one) => one.firstSeen));
  const lastSeen = Math.max(...incarnations.map((one) => one.lastSeen));
  const header = new Table(output, { minWidth: 0, padding: 2 });
  await header.row(['Name:', harmless(story.name)]);
  if (story.namespace !== undefined) await header.row(['Namespace:', harmless(story.namespace)]);
  await header.row(['Kind:', harmless(story.kind)]);
  await header.row(['Cluster:', harmless(story.cluster)]);
  await header.row(['First Seen:', at(firstSeen, now)]);
  await header.row(['Last Seen:', at(lastSeen, now)]);
  if (story.kind !== 'Node') await header.row(['Incarnations:', String(incarnations.length)]);
  await header.flush();
  let gaps = missing(viewsOf(story, ledger), { since: firstSeen, now });
  for (const [index, incarnation] of incarnations.entries()) {
    const next = incarnations[index + 1];
    const ofThis = next ? gaps.filter((gap) => gap.from < next.firstSeen) : gaps;
    gaps = gaps.filter((gap) => !ofThis.includes(gap));
    if (incarnation.uid !== undefined) await output.write(`\nUID:  ${harmless(incarnation.uid)}\n`);
    else if (story.kind !== 'Node') await output.write('\nUID:  <unknown>\n');
    await printIncarnation(incarnation, ofThis, printing);
  }
}

function at(instant: number, now: number): string {
  return `${moment(instant)} (${humanDuration(now - instant)} ago)`;
}

function viewsOf({ cluster, namespace }: Story, ledger: readonly ScopeCoverage[]): ReturnType<typeof views> {
  const ofCluster = ledger.filter((scope) => scope.cluster === cluster);
  // Events about objects without a namespace are written to `default`.
  return views(ofCluster, { namespaces: [namespace ?? 'default'], nodes: namespace === undefined });
}

async function printIncarnation(
  { events }: Incarnation,
  gaps: readonly Missing[],
  { now, output, io }: Printing,
): Promise<void> {
  const paint = (padded: string, column: number, cell: string): string =>
    column === 0 && cell === 'Warning' ? coloured(padded, 'yellow') : padded;
  const table = new Table(output, { ...DESCRIBE_STYLE, ...(wantsColour(io) && { paint }) });
  await output.write('Events:\n');
  table.header(COLUMNS);
  table.header(RULES);
  const pending = [...gaps];
  for (const stored of events) {
    while (pending[0] && pending[0].from < stored.time) table.text(gapText(pending.shift(), now));
    await printRow(table, stored, now);
  }
  for (const gap of pending) table.text(gapText(gap, now));
  await table.flush();
}

function gapText(gap: Missing | undefined, now: number): string {
  return gap ? `# not observed ${span(gap, now)}: ${explain(gap, now)}` : '';
}

async function printRow(table: Table, stored: StoredEvent, now: number): Promise<void> {
  const { body } = stored;
  const { fieldPath } = body.involvedObject;
  const message = messageCell(stored, now);
  const [first = '', ...more] = (fieldPath ? `${fieldPath}: ${message}` : message).split(/\r\n|[\n\r\f]/);
  const cells = [body.type ?? '', body.reason ?? '', describedAge(body, now), printedReporter(body), first];
  await table.row(cells.map(harmless));
  // Under the message, so that the columns keep their places.
  for (const line of more) await table.row(['', '', '', '', harmless(line)]);
}
