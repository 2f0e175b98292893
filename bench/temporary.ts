/** What must not outlive the run: directories and processes. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const directories = new Set<string>();
const children = new Set<ChildProcess>();

process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

/** Nothing that was started or written stays behind when the run is interrupted. */
export function endWithSignal(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
}

/** For a process that another one of the bench started: when that is killed, nobody is left to end this one. */
export function endWithParent(): void {
  process.once('disconnect', () => process.exit(1));
}

/** On the volume of TMPDIR: a memory file system there would make every figure about the store meaningless. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tidings-bench-'));
  directories.add(directory);
  return directory;
}

export async function removeDirectory(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  directories.delete(directory);
}

export function endWithRun(child: ChildProcess): void {
  children.add(child);
  child.once('exit', () => children.delete(child));
}

/** How it ended: by itself, or by a signal, such as the kernel's when memory is short. */
export function endingOf({ exitCode, signalCode }: ChildProcess): string {
  return signalCode === null ? `ended with exit code ${exitCode}` : `was ended by ${signalCode}`;
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
