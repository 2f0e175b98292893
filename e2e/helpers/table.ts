/** The cells of a table as kubectl prints it, header left out: columns are at least two spaces apart. */
export function rows(table: string): readonly (readonly string[])[] {
  const lines = table.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(1).map((line) => line.trim().split(/ {2,}/));
}

/** The same without one column, and in an order of its own, so that tables of different orders compare. */
export function rowsWithout(table: string, column: number): readonly string[] {
  return rows(table)
    .map((cells) => cells.toSpliced(column, 1).join(' | '))
    .toSorted();
}
