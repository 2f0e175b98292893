/** Everything that is shown, as one file: page by page, until there is no more or it is too much for a browser. */
import type { tidings } from '../api/tidings.ts';

export type ExportFormat = 'jsonl' | 'csv';

export type Client = Pick<typeof tidings, 'exportLines'>;
type Asked = NonNullable<Parameters<Client['exportLines']>[0]>;

export interface ExportFile {
  readonly parts: readonly string[];
  readonly events: number;
  /** Whether there are others, which are not in it. */
  readonly hasMore: boolean;
}

const PAGE_EVENTS = 10_000;
/** A browser holds the file before it is saved. */
const MOST_EVENTS = 200_000;
/** Written in UTF-16, as a browser holds it: after the page that reaches it no other is asked. */
const MOST_CHARACTERS = 256 * 1024 * 1024;

/** `onProgress` is told how many events there are so far. */
export async function exportFile(
  client: Client,
  { parameters, format }: { readonly parameters: Asked; readonly format: ExportFormat },
  onProgress: (events: number) => void,
): Promise<ExportFile> {
  const parts: string[] = [];
  let [events, characters] = [0, 0];
  for (let cursor: string | undefined; ; ) {
    const asked = { ...parameters, format, limit: PAGE_EVENTS, ...(cursor !== undefined && { cursor }) };
    const page = await (format === 'csv' ? csvPage : recordsPage)(client, asked);
    if (cursor === undefined) parts.push(page.head);
    parts.push(page.text);
    events += page.events;
    characters += page.text.length;
    cursor = page.next;
    onProgress(events);
    if (cursor !== undefined && events < MOST_EVENTS && characters < MOST_CHARACTERS) continue;
    return { parts: [...parts, page.foot], events, hasMore: cursor !== undefined };
  }
}

interface Page {
  readonly head: string;
  readonly text: string;
  readonly events: number;
  readonly next: string | undefined;
  /** What was left out. */
  readonly foot: string;
}

/** The last line is no record: without it the answer broke off. */
async function recordsPage(client: Client, asked: Asked): Promise<Page> {
  const lines = await linesOf(client, asked);
  const end = JSON.parse(lines.pop() ?? '{}') as { readonly kind?: string; readonly next?: string };
  if (end.kind !== 'ExportEnd') throw new Error('the answer broke off');
  return { head: '', text: lines.map((line) => `${line}\n`).join(''), events: lines.length, next: end.next, foot: '' };
}

/** What is no event begins with a sign that no time does. */
const REMARK = /^"?# /;
const NEXT = /^"?# There are more: go on with cursor=([^"]+)"?$/;

async function csvPage(client: Client, asked: Asked): Promise<Page> {
  const [head = '', ...records] = csvRecords(await linesOf(client, asked));
  const written = (some: readonly string[]) => some.map((record) => `${record}\r\n`).join('');
  const rows = records.filter((record) => !REMARK.test(record));
  const remarks = records.filter((record) => REMARK.test(record));
  const next = remarks.map((remark) => NEXT.exec(remark)?.[1]).find((cursor) => cursor !== undefined);
  const foot = written(remarks.filter((remark) => !NEXT.test(remark)));
  return { head: written([head]), text: written(rows), events: rows.length, next, foot };
}

/** A record goes on in the next line where a quote is open. https://www.rfc-editor.org/rfc/rfc4180 */
function csvRecords(lines: readonly string[]): readonly string[] {
  const records: string[] = [];
  let start = 0;
  let isOpen = false;
  for (const [index, line] of lines.entries()) {
    if ((line.match(/"/g)?.length ?? 0) % 2 === 1) isOpen = !isOpen;
    if (isOpen) continue;
    records.push(
      lines
        .slice(start, index + 1)
        .join('\n')
        .replace(/\r$/, ''),
    );
    start = index + 1;
  }
  return records;
}

async function linesOf(client: Client, asked: Asked): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of client.exportLines(asked)) lines.push(line);
  return lines;
}
