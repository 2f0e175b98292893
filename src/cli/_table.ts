/**
 * Tables laid out as kubectl's: a column is as wide as its widest cell plus padding, the last column is not padded.
 * https://github.com/kubernetes/cli-runtime/blob/v0.35.4/pkg/printers/tabwriter.go
 */
import type { Output } from './_output.ts';

/** Rows are laid out in blocks of this many, so that a table of any length needs little memory. Widths only grow. */
const BLOCK_ROWS = 1000;

export interface TableStyle {
  readonly minWidth: number;
  readonly padding: number;
  readonly indent?: string;
  /** Colours a padded cell. Not applied to the header. */
  readonly paint?: (padded: string, column: number, cell: string) => string;
}

export const GET_STYLE: TableStyle = { minWidth: 6, padding: 3 };
// kubectl describe uses a tabwriter of its own:
// https://github.com/kubernetes/kubectl/blob/v0.35.4/pkg/describe/describe.go (tabbedString)
export const DESCRIBE_STYLE: TableStyle = { minWidth: 0, padding: 2, indent: '  ' };

type Line = { readonly cells: readonly string[]; readonly header: boolean } | { readonly text: string };

export class Table {
  readonly #output: Output;
  readonly #style: TableStyle;
  readonly #widths: number[] = [];
  #lines: Line[] = [];

  constructor(output: Output, style: TableStyle) {
    this.#output = output;
    this.#style = style;
  }

  header(cells: readonly string[]): void {
    this.#lines.push({ cells, header: true });
  }

  async row(cells: readonly string[]): Promise<void> {
    this.#lines.push({ cells, header: false });
    if (this.#lines.length >= BLOCK_ROWS) await this.flush();
  }

  /** A line of its own between the rows. */
  text(text: string): void {
    this.#lines.push({ text });
  }

  /** Must be called after the last row. */
  async flush(): Promise<void> {
    const lines = this.#lines;
    this.#lines = [];
    for (const line of lines) if ('cells' in line) this.#measure(line.cells);
    for (const line of lines) await this.#output.write(this.#layOut(line));
    await this.#output.flush();
  }

  #measure(cells: readonly string[]): void {
    const { minWidth, padding } = this.#style;
    for (const [column, cell] of cells.slice(0, -1).entries()) {
      this.#widths[column] = Math.max(this.#widths[column] ?? minWidth, width(cell) + padding);
    }
  }

  #layOut(line: Line): string {
    const { indent = '', paint } = this.#style;
    if ('text' in line) return `${indent}${line.text}\n`;
    const last = line.cells.length - 1;
    const cells = line.cells.map((cell, column) => {
      const padded = column === last ? cell : cell + ' '.repeat((this.#widths[column] ?? 0) - width(cell));
      return paint && !line.header ? paint(padded, column, cell) : padded;
    });
    return `${indent}${cells.join('')}\n`;
  }
}

/** In code points, as Go's tabwriter counts. */
function width(text: string): number {
  return text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
}
