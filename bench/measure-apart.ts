/** Measures in a process of its own: what one measurement leaves behind would be collected while another one measures. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Figure } from './measurement.ts';
import { endingOf } from './temporary.ts';

/** `stored`: a directory that all measurements of a run share, see full-store.ts. */
export async function measureApart(name: string, stored: string): Promise<readonly Figure[]> {
  const child = fork(new URL('measurement-process.ts', import.meta.url), [name, stored]);
  const exited = once(child, 'exit').then((): never => {
    throw new Error(`${name} ${endingOf(child)}`);
  });
  exited.catch(() => {});
  const [figures] = await Promise.race([once(child, 'message'), exited]);
  return figures as readonly Figure[];
}
