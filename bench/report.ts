/** The figures as a Markdown table, with what they were measured on. */
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { frames } from './corpus.ts';
import { statisticsOf } from './corpus-statistics.ts';
import { amount, type Figure, SECONDS, verdict, wanted } from './measurement.ts';

const BEGIN = '<!-- written by `node bench/run.ts --write`: begin -->';
const END = '<!-- end -->';
const COUNTED_FRAMES = 200_000;

export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.what,
    amount(figure.value, figure.unit),
    wanted(figure),
    verdict(figure),
  ]);
  return table(['what', 'measured', 'target', ''], rows);
}

export function machine(): string {
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  return `${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), ${memory} GiB, ${process.platform} ${process.arch}, Node.js ${process.version}; BENCH_SECONDS=${SECONDS}.`;
}

export function corpusTable(): string {
  const corpus = statisticsOf(frames(COUNTED_FRAMES));
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  return table(
    [`corpus, counted over ${COUNTED_FRAMES.toLocaleString('en')} frames`, ''],
    [
      ['frames that are MODIFIED', percent(corpus.modifiedShare)],
      ['frames of type Warning', percent(corpus.warningShare)],
      ['distinct messages, of the frames', percent(corpus.distinctMessageShare)],
      ['revisions an event, mean', (corpus.frames / corpus.events).toFixed(2)],
      ['revisions an event, most', String(corpus.mostRevisions)],
      ['involved objects', corpus.objects.toLocaleString('en')],
      ['revisions an object, mean', (corpus.frames / corpus.objects).toFixed(1)],
      ['namespaces', String(corpus.namespaces)],
      ['reasons', String(corpus.reasons)],
      ['mean frame', `${corpus.meanBytes.toFixed(0)} bytes`],
      ['mean frame without managedFields', `${corpus.meanBytesWithoutManagedFields.toFixed(0)} bytes`],
    ],
  );
}

/** Replaces what stands between the markers. */
export async function writeReport(path: string, text: string): Promise<void> {
  const readme = await readFile(path, 'utf8');
  const [before, rest] = readme.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`write ${path}: found no markers, want both`);
  await writeFile(path, `${before}${BEGIN}\n\n${text}\n\n${END}${after}`);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
