import { Link } from '@tanstack/react-router';
import { Message } from '../message/message.tsx';
import { useClock } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import { asked } from '../time/time-range.ts';
import { type BreakRow, whyWords } from './break-list.ts';

/** Around a break, so that its edges are in sight. */
const MARGIN_MS = 5 * 60_000;

/** Every break, and what of it stays unknown, in words. */
export function BreakTable({ rows }: { readonly rows: readonly BreakRow[] }) {
  const { t } = useTexts();
  if (rows.length === 0) return <p className="coverage-note">{t('noBreaks')}</p>;
  return (
    <table className="breaks">
      <caption>{t('breaks')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('when')}</th>
          <th scope="col">{t('length')}</th>
          <th scope="col">{t('why')}</th>
          <th scope="col">{t('whatIsUnknown')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Break key={`${row.from}-${row.to}-${row.cause}-${row.detail}`} row={row} />
        ))}
      </tbody>
    </table>
  );
}

function Break({ row }: { readonly row: BreakRow }) {
  const texts = useTexts();
  const { t, duration } = texts;
  const clock = useClock();
  const { from, to, healed, isOpen, unknown, detail } = row;
  const around = asked({ from: from - MARGIN_MS, to: to + MARGIN_MS });
  return (
    <tr>
      <th scope="row">
        <Link to="/explore" search={(before) => ({ ...before, ...around })} className="link">
          {from === to ? clock.stamp(from) : clock.span(from, to)}
        </Link>
      </th>
      <td data-label={t('length')}>{from === to ? t('instant') : duration(to - from)}</td>
      <td data-label={t('why')}>
        {whyWords(row, texts)}
        {detail !== undefined && <Message text={detail} className="break-detail" />}
      </td>
      <td data-label={t('whatIsUnknown')}>
        {healed && <i className="key-healed" aria-hidden="true" />}
        {t(unknown === 'frame' ? 'unknownFrame' : healed ? 'unknownHealed' : isOpen ? 'unknownOpen' : 'unknownAll')}
      </td>
    </tr>
  );
}
