/** The destination's process, seen from the measurements. */
import { startChild } from './child.ts';
import type { DestinationReport, DestinationRequest } from './destination-process.ts';

export interface Destination {
  readonly url: string;
  watch(): Promise<void>;
  report(): Promise<DestinationReport>;
  close(): Promise<void>;
}

export async function startDestination(): Promise<Destination> {
  const { ask, close } = startChild<DestinationRequest>('./destination-process.ts');
  const url = String(await ask({ type: 'start' }));
  return {
    url,
    watch: async () => void (await ask({ type: 'watch' })),
    report: async () => (await ask({ type: 'report' })) as DestinationReport,
    close,
  };
}
