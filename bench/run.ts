/** `node bench/run.ts [--write] [NAME...]`: measures, prints, and writes what it found into the README. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureApart } from './measure-apart.ts';
import type { Figure } from './measurement.ts';
import { MEASUREMENTS } from './measurements.ts';
import { corpusTable, machine, tableOf, writeReport } from './report.ts';
import { endWithSignal, removeDirectory, temporaryDirectory } from './temporary.ts';

const README = join(import.meta.dirname, 'README.md');

const { values, positionals } = parseArgs({ allowPositionals: true, options: { write: { type: 'boolean' } } });
const names = Object.keys(MEASUREMENTS);
const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) fail(`found no measurement ${unknown.join(', ')}, want some of ${names.join(', ')}`);
if (values.write && positionals.length > 0) fail('found names beside --write, want all measurements in the README');

endWithSignal();

const figures: Figure[] = [];
const stored = await temporaryDirectory();
for (const name of names) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  process.stderr.write(`${name}…\n`);
  figures.push(...(await measureApart(name, stored)));
}
await removeDirectory(stored);
const report = [machine(), tableOf(figures), corpusTable()].join('\n\n');
process.stdout.write(`${report}\n`);
if (values.write) await writeReport(README, report);

function fail(problem: string): never {
  process.stderr.write(`${problem}\n`);
  process.exit(2);
}
