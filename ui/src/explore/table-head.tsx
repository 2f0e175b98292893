import type { PageState } from '../state/page-state.ts';
import { useChangeState, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import type { TextKey } from '../text/texts.ts';

interface Column {
  readonly name: TextKey & ('time' | 'lastSeen' | 'count' | 'activity' | 'reason' | 'object' | 'message' | 'node');
  /** What a click on it sorts by. */
  readonly order?: PageState['order'];
}

const SERIES: readonly Column[] = [
  { name: 'lastSeen', order: 'last' },
  { name: 'count', order: 'count' },
  { name: 'activity' },
  { name: 'reason' },
  { name: 'object' },
  { name: 'message' },
  { name: 'node' },
];
const RAW: readonly Column[] = [
  { name: 'time' },
  ...SERIES.filter(({ name }) => !['lastSeen', 'activity'].includes(name)).map(({ name }) => ({ name })),
];

export function TableHead() {
  const { rows } = usePageState();
  return (
    <div className="table-head" role="row" aria-rowindex={1}>
      {(rows === 'raw' ? RAW : SERIES).map((column) => (
        <HeadCell key={column.name} column={column} />
      ))}
    </div>
  );
}

function HeadCell({ column: { name, order } }: { readonly column: Column }) {
  const { t } = useTexts();
  const state = usePageState();
  const change = useChangeState();
  const isSorted = name === 'time' || (order !== undefined && order === state.order);
  const arrow = isSorted && <span aria-hidden="true"> ↓</span>;
  return (
    <span role="columnheader" className={`head-${name}`} aria-sort={isSorted ? 'descending' : undefined}>
      {order === undefined ? (
        <>
          {t(name)}
          {arrow}
        </>
      ) : (
        <button type="button" onClick={() => change({ order })}>
          {t(name)}
          {arrow}
        </button>
      )}
    </span>
  );
}
