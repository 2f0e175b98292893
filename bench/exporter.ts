/** Any program that takes events to a destination, in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpuMsOf, memoryOf } from './process-usage.ts';
import { end, endWithRun } from './temporary.ts';

const SHOWN_CHARACTERS = 2_000;

export class Exporter {
  readonly #child: ChildProcess;
  #said = '';

  /** Starts a command line of the shell; `exec` makes the program the process that is measured. */
  constructor(command: string, env: Readonly<Record<string, string | undefined>> = {}) {
    this.#child = spawn('/bin/sh', ['-c', `exec ${command}`], {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    endWithRun(this.#child);
    this.#child.stderr?.on('data', (text: Buffer) => {
      this.#said = (this.#said + text.toString()).slice(-SHOWN_CHARACTERS);
    });
  }

  /** Throws what it said last, when it has ended. */
  requireRunning(): void {
    const { exitCode, signalCode } = this.#child;
    if (exitCode === null && signalCode === null) return;
    throw new Error(`the exporter ended with ${signalCode ?? `exit code ${exitCode}`}: ${this.#said}`);
  }

  memory(): ReturnType<typeof memoryOf> {
    return memoryOf(this.#child.pid);
  }

  cpuMs(): number {
    return cpuMsOf(this.#child.pid);
  }

  async stop(): Promise<void> {
    await end(this.#child);
  }
}
