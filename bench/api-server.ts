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

/** Ten minutes of history are enough for everybody to be served from it. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { ask, close } = startChild<ApiServerRequest>('./api-server-process.ts', ['--max-old-space-size=8192']);
  const url = String(await ask({ type: 'start', options }));
  return {
    url,
    write: async (count) => void (await ask({ type: 'write', count })),
    rate: async (perSecond) => void (await ask({ type: 'rate', perSecond })),
    report: async () => (await ask({ type: 'report' })) as ApiServerReport,
    close,
  };
}
