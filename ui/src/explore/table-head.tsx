import type { PageState } from '../state/page-state.ts';
import { useChangeState, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import type { TextKey } from '../text/texts.ts';
import type { Column } from './columns.ts';

interface Head {
  readonly text: Extract<TextKey, Column | 'lastSeen' | 'firstSeen'>;
  /** What a click on it sorts series by. */
  readonly order?: PageState['order'];
}

export const HEADS: Readonly<Record<Column, Head>> = {
  time: { text: 'lastSeen', order: 'last' },
  count: { text: 'count', order: 'count' },
  activity: { text: 'activity' },
  reason: { text: 'reason' },
  object: { text: 'object' },
  message: { text: 'message' },
  node: { text: 'node' },
  first: { text: 'firstSeen', order: 'first' },
  kind: { text: 'kind' },
  type: { text: 'type' },
  source: { text: 'source' },
  cluster: { text: 'cluster' },
};

export function TableHead({ columns }: { readonly columns: readonly Column[] }) {
  return (
    <div className="table-head" role="row" aria-rowindex={1}>
      {columns.map((name) => (
        <HeadCell key={name} name={name} />
      ))}
    </div>
  );
}

function HeadCell({ name }: { readonly name: Column }) {
  const { t } = useTexts();
  const state = usePageState();
  const change = useChangeState();
  const isRaw = state.rows === 'raw';
  const { text, order } = HEADS[name];
  const isSorted = isRaw ? name === 'time' : order === state.order;
  const label = (
    <>
      {t(isRaw && name === 'time' ? 'time' : text)}
      {isSorted && <span aria-hidden="true"> ↓</span>}
    </>
  );
  return (
    <span role="columnheader" className={`head-${name}`} aria-sort={isSorted ? 'descending' : undefined}>
      {order === undefined || isRaw ? (
        label
      ) : (
        <button type="button" onClick={() => change({ order })}>
          {label}
        </button>
      )}
    </span>
  );
}
