/** The API server's process, seen from the measurements. */
import type { ApiServerOptions, ApiServerReport, ApiServerRequest } from './api-server-process.ts';
import { startChild } from './child.ts';

export interface ApiServer {
  readonly url: string;
  write(count: number): Promise<void>;
  rate(perSecond: number): Promise<void>;
  report(): Promise<ApiServerReport>;
  close(): Promise<void>;
}

/**
 * Room for a million events. V8 would collect whenever 64 MiB of buffers were made, which marks all of them again and takes
 * more of the two cores than to send them: what buffers hold is to be counted with the heap.
 */
const FLAGS = ['--max-old-space-size=8192', '--external-memory-accounted-in-global-limit'];

/** Ten minutes of history are enough for everybody to be served from it. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { ask, close } = startChild<ApiServerRequest>('./api-server-process.ts', FLAGS);
  const url = String(await ask({ type: 'start', options }));
  return {
    url,
    write: async (count) => void (await ask({ type: 'write', count })),
    rate: async (perSecond) => void (await ask({ type: 'rate', perSecond })),
    report: async () => (await ask({ type: 'report' })) as ApiServerReport,
    close,
  };
}
