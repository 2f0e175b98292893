import { useMemo } from 'react';
import { usePageState } from '../state/use-page-state.ts';
import { type Column, shownColumns } from './columns.ts';

export function useColumns(): readonly Column[] {
  const { cols, rows } = usePageState();
  return useMemo(() => shownColumns({ cols, rows }), [cols, rows]);
}
