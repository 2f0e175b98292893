/** Which lanes are shown, in which order: from the tree of the answer to places on the screen. */
import type { PageState } from '../state/page-state.ts';
import type { Lane } from './timeline-rows.ts';

export interface ShownLane {
  /** Its place in the answer. */
  readonly lane: number;
  readonly depth: 0 | 1;
  /** Undefined for what cannot be opened. */
  readonly isOpen?: boolean;
  /** In place of the lanes of this one that are beyond the first ones. */
  readonly more?: number;
}

/** A StatefulSet of hundreds of Pods hides what is below it. */
const MOST_OPENED = 40;
/** What has Pods; an empty kind is a workload of which no name tells what it is. */
export const WORKLOAD_KINDS: ReadonlySet<string> = new Set([
  '',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'CronJob',
  'Job',
]);

/** What is in a lane comes behind it, so that both are moved as one. */
export function shownLanes(
  lanes: readonly Lane[],
  { group, open }: { readonly group: PageState['group']; readonly open: ReadonlySet<string> },
): readonly ShownLane[] {
  const shown: ShownLane[] = [];
  let opened = 0;
  let parent = 0;
  lanes.forEach(({ id, kind, parent: within }, lane) => {
    if (within === undefined) {
      parent = lane;
      opened = 0;
      shown.push({
        lane,
        depth: 0,
        ...((group !== 'workload' || WORKLOAD_KINDS.has(kind)) && { isOpen: open.has(id) }),
      });
    } else if (opened++ < MOST_OPENED) shown.push({ lane, depth: 1 });
    else if (opened === MOST_OPENED + 1) shown.push({ lane: parent, depth: 1, more: 1 });
    else shown[shown.length - 1] = { lane: parent, depth: 1, more: opened - MOST_OPENED };
  });
  return shown;
}

/** All that are in no other, those of a namespace together: each is too thin for a name. */
export function fittedLanes(lanes: readonly Lane[]): readonly ShownLane[] {
  return lanes
    .map((each, lane) => ({ each, lane }))
    .filter(({ each }) => each.parent === undefined)
    .toSorted((one, other) => compared(one.each.namespace, other.each.namespace) || one.lane - other.lane)
    .map(({ lane }) => ({ lane, depth: 0 }));
}

/** Neighbours of one namespace, as they are bracketed. */
export interface Bracket {
  readonly namespace: string;
  readonly first: number;
  readonly lanes: number;
}

export function bracketsOf(shown: readonly ShownLane[], lanes: readonly Lane[]): readonly Bracket[] {
  const brackets: { namespace: string; first: number; lanes: number }[] = [];
  shown.forEach(({ lane }, place) => {
    const namespace = lanes[lane]?.namespace ?? '';
    const last = brackets.at(-1);
    if (last && last.namespace === namespace) last.lanes++;
    else brackets.push({ namespace, first: place, lanes: 1 });
  });
  return brackets;
}

function compared(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
