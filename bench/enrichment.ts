/** What it costs to send what is known of the involved object: labels, annotations and owners of 5,000 pods that change. */
import { EVENTS, type Found, RATE, run, sink, tidingsWith } from './delivery.ts';
import type { Figure } from './measurement.ts';

const PODS = 5_000;
const WANTED_SHARE = 0.8;

export async function measure(): Promise<readonly Figure[]> {
  const without = await run(
    tidingsWith(({ url }) => sink('out', url, 'batches')),
    { pods: PODS },
  );
  const enriched = await run(
    tidingsWith(({ url }) => sink('out', url, 'batches', { enrich: true })),
    { pods: PODS },
  );
  const target = { atLeast: (without.flood?.perSecond ?? 0) * WANTED_SHARE };
  return [
    ...figuresOf(`Tidings, batches about ${PODS} pods that change`, without),
    ...figuresOf('the same with what is known of the pods', enriched, target),
  ];
}

function figuresOf(what: string, { flood, steady }: Found, target?: { readonly atLeast: number }): Figure[] {
  const rate = { what: `${what}, ${EVENTS} events`, value: flood?.perSecond ?? 0, unit: 'events/s' };
  return [
    { ...rate, ...(target && { target }) },
    { what: `the same, CPU for 1,000 events at ${RATE}/s`, value: steady.cpuMsPerThousand, unit: 'ms' },
    { what: 'the same, RSS', value: steady.resident, unit: 'MiB' },
  ];
}
