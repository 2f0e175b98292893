import { usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';

export function TableHead() {
  const { t } = useTexts();
  const { rows } = usePageState();
  const time = rows === 'raw' ? 'time' : 'lastSeen';
  return (
    <div className="table-head" role="row" aria-rowindex={1}>
      {([time, 'count', 'reason', 'object', 'message', 'node'] as const).map((column) => (
        <span
          key={column}
          role="columnheader"
          className={`head-${column}`}
          aria-sort={column === time ? 'descending' : undefined}
        >
          {t(column)}
          {column === time && <span aria-hidden="true"> ↓</span>}
        </span>
      ))}
    </div>
  );
}
