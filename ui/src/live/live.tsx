import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { rangeParameters } from '../api/range-parameters.ts';
import { tidings } from '../api/tidings.ts';
import { useChangeState, usePageState } from '../state/use-page-state.ts';
import { durationText, rangeOf } from '../time/time-range.ts';
import { isAsked, type LiveState, LiveTail } from './live-tail.ts';

export interface Live extends LiveState {
  /** Then what is counted follows too. */
  readonly isFollowing: boolean;
  /** On and off; while rows wait, it shows them. */
  readonly toggle: () => void;
  readonly pause: () => void;
  readonly resume: () => void;
  /** Lists again what was not received. */
  readonly load: () => void;
}

const LiveContext = createContext<Live | undefined>(undefined);

export function useLive(): Live {
  const live = use(LiveContext);
  if (!live) throw new Error('use the live tail: found no LiveProvider, want it around');
  return live;
}

export function LiveProvider({ children }: { readonly children: ReactNode }) {
  const [tail] = useState(() => new LiveTail<{ q?: string; cel?: string; namespace?: string[] }>(tidings));
  /** Counts the times that it was switched on; undefined while it is off. */
  const [turn, setTurn] = useState<number>();
  const isOn = turn !== undefined;
  const state = usePageState();
  const change = useChangeState();
  const queries = useQueryClient();
  const known = useSyncExternalStore(tail.subscribe, tail.state);
  const { from, to, q, ns } = state;
  useEffect(() => {
    if (turn === undefined) return undefined;
    const { from: _from, to: _to, tz: _tz, ...filter } = rangeParameters({ from: '', to: '', q, ns, tz: '' });
    void tail.start(filter);
    return () => tail.stop();
  }, [tail, turn, q, ns]);
  const live = useMemo((): Live => {
    const list = () => void queries.invalidateQueries({ queryKey: ['rows'] });
    return {
      ...known,
      isFollowing: isAsked(known) && !known.isPaused,
      pause: () => tail.pause(),
      resume: () => tail.resume(),
      load() {
        tail.closeGap();
        list();
      },
      toggle() {
        if (known.isPaused) {
          tail.resume();
          return;
        }
        // What was refused may be asked once more.
        if (known.status === 'refused') {
          setTurn((before = 0) => before + 1);
          return;
        }
        setTurn(isOn ? undefined : 0);
        // What came in is listed from now on, and what is listed goes on into the present.
        list();
        if (!isOn && to !== 'now') {
          const range = rangeOf({ from, to }, Date.now());
          change({ from: `now-${durationText(range.to - range.from)}`, to: 'now' });
        }
      },
    };
  }, [known, tail, isOn, from, to, change, queries]);
  return <LiveContext value={live}>{children}</LiveContext>;
}
