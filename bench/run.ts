/** `node bench/run.ts [--write] [NAME...]`: measures, prints, and writes what it found into the README. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { delivery } from './delivery.ts';
import { enrichment } from './enrichment.ts';
import { eventReads } from './event-reads.ts';
import { eventWatches } from './event-watches.ts';
import { firstList } from './first-list.ts';
import { ingest } from './ingest.ts';
import { isolation } from './isolation.ts';
import { latency } from './latency.ts';
import type { Figure, Measurement } from './measurement.ts';
import { memory } from './memory.ts';
import { objectStory } from './object-story.ts';
import { page } from './page.ts';
import { queries } from './queries.ts';
import { corpusTable, machine, tableOf, writeReport } from './report.ts';
import { size } from './size.ts';
import { startUp } from './start-up.ts';
import { timeline } from './timeline.ts';

const README = join(import.meta.dirname, 'README.md');

// Those that look at the same million events stand together; start-up adds some to it.
const MEASUREMENTS: readonly Measurement[] = [
  ingest,
  delivery,
  enrichment,
  memory,
  firstList,
  latency,
  isolation,
  size,
  objectStory,
  queries,
  eventReads,
  page,
  startUp,
  eventWatches,
  timeline,
];

const { values, positionals } = parseArgs({ allowPositionals: true, options: { write: { type: 'boolean' } } });
const names = MEASUREMENTS.map(({ name }) => name);
const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) fail(`found no measurement ${unknown.join(', ')}, want some of ${names.join(', ')}`);
if (values.write && positionals.length > 0) fail('found names beside --write, want all measurements in the README');

// Nothing that was started or written stays behind when it is interrupted.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const figures: Figure[] = [];
for (const measurement of MEASUREMENTS) {
  if (positionals.length > 0 && !positionals.includes(measurement.name)) continue;
  process.stderr.write(`${measurement.name}…\n`);
  figures.push(...(await measurement.measure()));
}
const report = [machine(), tableOf(figures), corpusTable()].join('\n\n');
process.stdout.write(`${report}\n`);
if (values.write) await writeReport(README, report);

function fail(problem: string): never {
  process.stderr.write(`${problem}\n`);
  process.exit(2);
}
