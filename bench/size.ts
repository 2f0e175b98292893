/** How many bytes of the file an event takes, and what they are spent on. */
import { stat } from 'node:fs/promises';
import Database from 'better-sqlite3';
import { fullStore, STORED } from './full-store.ts';
import type { Figure } from './measurement.ts';

/** Less than this is not worth a line. */
const LEAST_BYTES = 0.5;

interface Part {
  readonly name: string;
  readonly bytes: number;
}

export async function measure(stored: string): Promise<readonly Figure[]> {
  const { path } = await fullStore(stored);
  const { size } = await stat(path);
  const db = new Database(path, { readonly: true });
  const parts = db
    .prepare<[], Part>('select name, sum(pgsize) as bytes from dbstat group by name order by bytes desc')
    .all();
  db.close();
  const unit = 'bytes/event';
  return [
    { what: `file, ${STORED} events, every index included`, value: size / STORED, unit, target: { atMost: 200 } },
    ...parts
      .map((part) => ({ what: `of that \`${part.name}\``, value: part.bytes / STORED, unit }))
      .filter(({ value }) => value >= LEAST_BYTES),
  ];
}
