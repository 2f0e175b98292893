/** A process of the bench that is told what to do by messages, and answers each. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { end, endingOf, endWithRun } from './temporary.ts';

export interface Child<TRequest> {
  readonly ask: (request: TRequest) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

export function startChild<TRequest extends object>(file: string, execArgv: readonly string[] = []): Child<TRequest> {
  const child = fork(new URL(file, import.meta.url), { execArgv: [...execArgv], env: { PATH: process.env['PATH'] } });
  endWithRun(child);
  const exited = once(child, 'exit').then(() => {
    throw new Error(`${file} ${endingOf(child)}`);
  });
  exited.catch(() => {});
  return {
    async ask(request) {
      const answer = once(child, 'message');
      child.send(request);
      const [{ value }] = (await Promise.race([answer, exited])) as [{ readonly value: unknown }];
      return value;
    },
    close: () => end(child),
  };
}
