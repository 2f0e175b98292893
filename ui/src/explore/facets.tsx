import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { completionQuestion, facetsQuestion } from '../api/questions.ts';
import { LIVE_EVERY_MS } from '../api/use-histogram.ts';
import { useKept } from '../api/use-kept.ts';
import { useLive } from '../live/live.tsx';
import { STACK_FIELDS } from '../state/page-state.ts';
import { usePageState } from '../state/use-page-state.ts';
import { Facet } from './facet.tsx';
import type { FacetField } from './facet-values.ts';

/** A type says less than a severity, which is made of it. */
const COUNTED = STACK_FIELDS.filter((field) => field !== 'type');
/** Of these the API knows the values that begin with something, not how many there are. */
const NAMED = ['workload', 'node'] as const;
const CLOSED_AT_FIRST: readonly FacetField[] = ['kind', 'cluster', 'node'];
const TOP = 10;

/** What is most frequent by field: each counts as if nothing had been chosen in it, so that other choices stay in sight. */
export function Facets() {
  const state = usePageState();
  const { status, isPaused } = useLive();
  const { data } = useQuery({
    ...facetsQuestion(state, COUNTED, TOP),
    refetchInterval: status !== 'off' && !isPaused && LIVE_EVERY_MS,
  });
  const answer = useKept(data);
  const [closed, setClosed] = useState<ReadonlySet<FacetField>>(() => new Set(CLOSED_AT_FIRST));
  const openness = (field: FacetField) => ({
    isOpen: !closed.has(field),
    onToggle() {
      const next = new Set(closed);
      if (!next.delete(field)) next.add(field);
      setClosed(next);
    },
  });
  const counted = COUNTED.filter((field) => field !== 'cluster' || (answer?.data['cluster']?.values.length ?? 0) > 1);
  return (
    <>
      {counted.map((field) => (
        <Facet key={field} field={field} counted={answer?.data[field]} {...openness(field)} />
      ))}
      {NAMED.map((field) => (
        <NamedFacet key={field} field={field} {...openness(field)} />
      ))}
    </>
  );
}

interface NamedFacetProps {
  readonly field: (typeof NAMED)[number];
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

function NamedFacet({ field, isOpen, onToggle }: NamedFacetProps) {
  const state = usePageState();
  const { data } = useQuery({ ...completionQuestion(state, field, '', TOP), enabled: isOpen });
  const values = useKept(data)?.data;
  return (
    <Facet
      field={field}
      counted={values && { values, more: values.length < TOP ? 0 : undefined }}
      isOpen={isOpen}
      onToggle={onToggle}
    />
  );
}
