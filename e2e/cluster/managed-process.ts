/**
 * A process that a test starts and that never outlives it: the kernel kills it when the test's process dies, however
 * that happens, and a group of its own keeps a Ctrl-C in the terminal from reaching it before the test has cleaned up.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises';

/** From util-linux: runs the command that follows and has it killed when its parent dies. */
export const DIES_WITH_PARENT = ['setpriv', '--pdeathsig', 'KILL', '--'] as const;

export interface ManagedProcessOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Standard output and error are appended to it. */
  readonly logFile: string;
}

export class ManagedProcess {
  readonly name: string;
  readonly logFile: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;

  constructor(name: string, command: readonly string[], options: ManagedProcessOptions) {
    this.name = name;
    this.logFile = options.logFile;
    const log = openSync(options.logFile, 'a');
    try {
      const [program, ...args] = [...DIES_WITH_PARENT, ...command];
      this.#child = spawn(program ?? '', args, {
        detached: true,
        stdio: ['ignore', log, log],
        env: options.env ?? process.env,
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      });
    } finally {
      closeSync(log);
    }
    this.#exited = once(this.#child, 'exit').catch((error: unknown) => error);
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error(`start ${this.name}: it did not start: ${this.#child.spawnfile}`);
    return pid;
  }

  get running(): boolean {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The exit code, or the signal's name; null while it runs. */
  get ending(): number | string | null {
    return this.#child.exitCode ?? this.#child.signalCode;
  }

  log(): string {
    return readFileSync(this.logFile, 'utf8');
  }

  tail(lines = 20): string {
    return this.log().trimEnd().split('\n').slice(-lines).join('\n');
  }

  /** Sends the signal and waits for the end; after ten seconds it sends SIGKILL. Resolves at once when it has ended. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (!this.running) return;
    this.#signal(signal);
    const stopped = await Promise.race([this.#exited.then(() => true), sleep(10_000, false, { ref: false })]);
    if (!stopped) {
      this.#signal('SIGKILL');
      await this.#exited;
    }
  }

  /**
   * Stops it where it is, and resolves when each of its threads stands still. What it was doing can be looked at, and a
   * SIGKILL now is one at this instant: nothing runs in between.
   */
  async freeze(): Promise<void> {
    this.#signal('SIGSTOP');
    while (this.running && !isStill(this.pid)) await immediate();
  }

  /** Lets it go on. */
  thaw(): void {
    this.#signal('SIGCONT');
  }

  /** To the whole group: a program may run under another, such as strace. */
  #signal(signal: NodeJS.Signals): void {
    process.kill(-this.pid, signal);
  }

  /** Waits until the condition gives something else than undefined; fails with the end of the log when it does not. */
  async until<T>(
    what: string,
    condition: () => Promise<T | undefined> | T | undefined,
    timeoutMs = 60_000,
  ): Promise<T> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const value = await condition();
      if (value !== undefined) return value;
      if (!this.running || Date.now() > deadline) {
        const state = this.running ? `not within ${timeoutMs} ms` : `it ended with ${this.ending}`;
        throw new Error(`wait for ${this.name} ${what}: ${state}; the end of ${this.logFile}:\n${this.tail()}`);
      }
      await sleep(50);
    }
  }
}

/** Whether all threads of a process are stopped: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function isStill(pid: number): boolean {
  const tasks = `/proc/${pid}/task`;
  try {
    return readdirSync(tasks).every((task) => / T \d/.test(readFileSync(`${tasks}/${task}/stat`, 'utf8')));
  } catch {
    // A thread has just ended.
    return false;
  }
}
