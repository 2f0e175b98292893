import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { completionQuestion } from '../api/questions.ts';
import { useKept } from '../api/use-kept.ts';
import { usePageState } from '../state/use-page-state.ts';
import { Facet } from './facet.tsx';
import type { FacetField } from './facet-values.ts';
import { COUNTED, TOP, useFacets } from './use-facets.ts';

/** Of these the API knows the values that begin with something, not how many there are. */
const NAMED = ['workload', 'node'] as const;
const CLOSED_AT_FIRST: readonly FacetField[] = ['kind', 'cluster', 'node'];

/** What is most frequent by field: each counts as if nothing had been chosen in it, so that other choices stay in sight. */
export function Facets() {
  const { answer } = useFacets();
  const [closed, setClosed] = useState<ReadonlySet<FacetField>>(() => new Set(CLOSED_AT_FIRST));
  const openness = (field: FacetField) => ({
    isOpen: !closed.has(field),
    onToggle() {
      const next = new Set(closed);
      if (!next.delete(field)) next.add(field);
      setClosed(next);
    },
  });
  const countedOf = (field: (typeof COUNTED)[number]) => {
    const counted = answer?.data[field];
    return answer && counted && { ...counted, isLower: answer.lowerBound };
  };
  const counted = COUNTED.filter((field) => field !== 'cluster' || (answer?.data['cluster']?.values.length ?? 0) > 1);
  return (
    <>
      {counted.map((field) => (
        <Facet key={field} field={field} counted={countedOf(field)} {...openness(field)} />
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
  const answer = useKept(data);
  const values = answer?.data;
  return (
    <Facet
      field={field}
      counted={
        values && {
          values,
          more: values.length < TOP ? 0 : undefined,
          isLower: answer.lowerBound,
          objects: answer.leftOut?.objects,
        }
      }
      isOpen={isOpen}
      onToggle={onToggle}
    />
  );
}
