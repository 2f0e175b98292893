import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { facetsQuestion } from '../api/questions.ts';
import { LIVE_EVERY_MS } from '../api/use-histogram.ts';
import { useKept } from '../api/use-kept.ts';
import { useLive } from '../live/live.tsx';
import { STACK_FIELDS, type StackField } from '../state/page-state.ts';
import { usePageState } from '../state/use-page-state.ts';
import { Facet } from './facet.tsx';

/** A type says less than a severity, which is made of it. */
const FIELDS = STACK_FIELDS.filter((field) => field !== 'type');
const CLOSED_AT_FIRST: readonly StackField[] = ['kind', 'cluster'];
const TOP = 10;

/** What is most frequent by field: each counts as if nothing had been chosen in it, so that other choices stay in sight. */
export function Facets() {
  const state = usePageState();
  const { status, isPaused } = useLive();
  const { data } = useQuery({
    ...facetsQuestion(state, FIELDS, TOP),
    refetchInterval: status !== 'off' && !isPaused && LIVE_EVERY_MS,
  });
  const answer = useKept(data);
  const [closed, setClosed] = useState<ReadonlySet<StackField>>(() => new Set(CLOSED_AT_FIRST));
  const toggle = (field: StackField) => {
    const next = new Set(closed);
    if (!next.delete(field)) next.add(field);
    setClosed(next);
  };
  return FIELDS.filter((field) => field !== 'cluster' || (answer?.data['cluster']?.values.length ?? 0) > 1).map(
    (field) => (
      <Facet
        key={field}
        field={field}
        counted={answer?.data[field]}
        isOpen={!closed.has(field)}
        onToggle={() => toggle(field)}
      />
    ),
  );
}
