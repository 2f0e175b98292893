/** The API server's process, seen from the measurements. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { ApiServerOptions, ApiServerReport, ApiServerRequest } from './api-server-process.ts';
import { end, endWithRun } from './temporary.ts';

export interface ApiServer {
  readonly url: string;
  write(count: number): Promise<void>;
  rate(perSecond: number): Promise<void>;
  report(): Promise<ApiServerReport>;
  close(): Promise<void>;
}

/** Ten minutes of history are enough for everybody to be served from it. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const child = fork(new URL('./api-server-process.ts', import.meta.url), {
    execArgv: ['--max-old-space-size=8192'],
    env: { PATH: process.env['PATH'] },
  });
  endWithRun(child);
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`the API server ended with exit code ${code}`);
  });
  exited.catch(() => {});
  const ask = async (request: ApiServerRequest): Promise<unknown> => {
    const answer = once(child, 'message');
    child.send(request);
    const [{ value }] = (await Promise.race([answer, exited])) as [{ readonly value: unknown }];
    return value;
  };
  const url = String(await ask({ type: 'start', options }));
  return {
    url,
    write: async (count) => void (await ask({ type: 'write', count })),
    rate: async (perSecond) => void (await ask({ type: 'rate', perSecond })),
    report: async () => (await ask({ type: 'report' })) as ApiServerReport,
    close: () => end(child),
  };
}
