/** Tidings in a process of its own, as users start it, for whoever asks its APIs. */
import { join } from 'node:path';
import { ManagedProcess } from '../e2e/cluster/managed-process.ts';
import { BUILD, PROGRAM } from './tidings.ts';

/** Its log goes into the directory. */
export function startTidings(dir: string, args: readonly string[]): ManagedProcess {
  const command = [PROGRAM, ...args, '--listen', '127.0.0.1:0'];
  const env = { PATH: process.env['PATH'], HOME: dir, TIDINGS_MAIN: BUILD };
  return new ManagedProcess(`tidings ${args[0]}`, command, { logFile: join(dir, `${args[0]}.log`), env });
}

export function urlOf(tidings: ManagedProcess): Promise<string> {
  return tidings.until('to listen', () => /https?:\/\/127\.0\.0\.1:\d+/.exec(tidings.log())?.[0]);
}
