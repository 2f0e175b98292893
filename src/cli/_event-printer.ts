import type { StoredEvent } from '../component/history.ts';
import { COLUMNS, eventRow, WIDE_COLUMNS } from './_event-row.ts';
import type { CliIo } from './_io.ts';
import type { Framing } from './_json.ts';
import { type Output, wantsColour } from './_output.ts';
import { GET_STYLE, Table } from './_table.ts';
import { cellText, coloured } from './_text.ts';

/** Prints events as they come; `start` before the first, `end` after the last, `flush` whenever they shall be seen. */
export interface EventPrinter {
  start(listMetadata: unknown): Promise<void>;
  print(stored: StoredEvent): Promise<void>;
  flush(): Promise<void>;
  end(count: number): Promise<void>;
}

export function framedPrinter(output: Output, framing: Framing): EventPrinter {
  let index = 0;
  return {
    start: (metadata) => output.write(framing.start(metadata)),
    print: (stored) => output.write(framing.item(stored, index++)),
    flush: () => output.flush(),
    end: async (count) => {
      await output.write(framing.end(count));
      await output.flush();
    },
  };
}

export interface TableOptions {
  readonly wide: boolean;
  readonly headers: boolean;
  readonly cluster: boolean;
  readonly namespace: boolean;
}

export function tablePrinter(output: Output, io: CliIo, options: TableOptions): EventPrinter {
  const { wide, cluster, namespace } = options;
  const placeColumns = [...(cluster ? ['CLUSTER'] : []), ...(namespace ? ['NAMESPACE'] : [])];
  const columns = [...placeColumns, ...(wide ? WIDE_COLUMNS : COLUMNS)];
  const typeColumn = columns.indexOf('TYPE');
  const paint = (padded: string, column: number, cell: string): string =>
    column === typeColumn && cell === 'Warning' ? coloured(padded, 'yellow') : padded;
  const table = new Table(output, { ...GET_STYLE, ...(wantsColour(io) && { paint }) });
  let pendingHeader = options.headers;
  return {
    start: async () => undefined,
    print: async (stored) => {
      // As kubectl: no rows, no header.
      if (pendingHeader) table.header(columns);
      pendingHeader = false;
      const place = [
        ...(cluster ? [stored.cluster] : []),
        ...(namespace ? [stored.body.metadata.namespace ?? ''] : []),
      ];
      await table.row([...place.map(cellText), ...eventRow(stored, io.now(), wide)]);
    },
    flush: () => table.flush(),
    end: () => table.flush(),
  };
}
