import { useSyncExternalStore } from 'react';
import { onWork, type WorkState, workState } from './work.ts';

export function useWork(name: string): WorkState | undefined {
  return useSyncExternalStore(onWork, () => workState(name));
}
