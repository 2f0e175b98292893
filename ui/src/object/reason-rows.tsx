import { useMemo, useState } from 'react';
import { Times } from '../answer/times.tsx';
import { Message } from '../message/message.tsx';
import { SeverityMark } from '../message/severity-mark.tsx';
import { isCel, stanceOf, toggled } from '../query/rewrite.ts';
import { useChangeState, usePageState } from '../state/use-page-state.ts';
import { useTexts } from '../text/language.ts';
import type { ObjectAnswer, ReasonCounts } from './object-question.ts';
import { stepsOf } from './object-steps.ts';
import { Strip } from './strip.tsx';

const FIRST = 12;

/** What happened, a row each over the same time; a click on a reason leaves it alone. */
export function ReasonRows({ answer }: { readonly answer: ObjectAnswer }) {
  const { t } = useTexts();
  const [isWhole, setWhole] = useState(false);
  const { reasons } = answer.data;
  if (reasons.length === 0) return null;
  const shown = isWhole ? reasons : reasons.slice(0, FIRST);
  return (
    <section aria-labelledby="reasons-title">
      <h2 id="reasons-title">{t('occurrencesByReason')}</h2>
      <ul className="reason-rows">
        {shown.map((row) => (
          <ReasonRow key={`${row.severity} ${row.reason}`} answer={answer} row={row} />
        ))}
      </ul>
      {reasons.length > shown.length && (
        <button type="button" className="link" onClick={() => setWhole(true)}>
          {t('more', { n: reasons.length - shown.length })}
        </button>
      )}
    </section>
  );
}

function ReasonRow({ answer, row }: { readonly answer: ObjectAnswer; readonly row: ReasonCounts }) {
  const { q } = usePageState();
  const change = useChangeState();
  const steps = useMemo(() => stepsOf(answer, [row]), [answer, row]);
  const choice = { key: 'reason', value: row.reason };
  return (
    <li className="object-row">
      <button
        type="button"
        className="row-label"
        disabled={isCel(q) || row.reason === ''}
        aria-pressed={stanceOf(q, choice.key, choice.value) === 'included'}
        onClick={() => change({ q: toggled(q, choice, 'included') })}
      >
        <SeverityMark severity={row.severity} />
        <Message text={row.reason} className="row-name" />
        <span className="row-total">
          <Times n={row.occurrences} isLower={answer.lowerBound} />
        </span>
      </button>
      <Strip kind="counts" steps={steps} />
    </li>
  );
}
