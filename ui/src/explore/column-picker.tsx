import { Popover } from '../shell/popover.tsx';
import { useChangeState, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { COLUMNS, type Column, colsOf, columnsOf } from './columns.ts';
import { HEADS } from './table-head.tsx';

/** Which columns the table has: one is left at least. */
export function ColumnPicker() {
  const { t } = useTexts();
  const { cols } = usePageState();
  const change = useChangeState();
  const shown = columnsOf(cols);
  const take = (name: Column, isShown: boolean) =>
    change({ cols: colsOf(isShown ? [...shown, name] : shown.filter((each) => each !== name)) });
  return (
    <Popover className="column-picker" label={t('columns')} button={t('columns')}>
      {COLUMNS.map((name) => (
        <label key={name} className="menu-item">
          <input
            type="checkbox"
            checked={shown.includes(name)}
            disabled={shown.length === 1 && shown.includes(name)}
            onChange={(event) => take(name, event.target.checked)}
          />
          {t(HEADS[name].text)}
        </label>
      ))}
      <button type="button" className="menu-item" disabled={cols === ''} onClick={() => change({ cols: '' })}>
        {t('usualColumns')}
      </button>
    </Popover>
  );
}
