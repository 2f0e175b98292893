/** The program under test: this checkout, run as a user runs it. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DIES_WITH_PARENT, ManagedProcess } from '../cluster/managed-process.ts';

export const PROGRAM = join(import.meta.dirname, '..', '..', 'tidings');
const execute = promisify(execFile);

// The developer's own settings must not reach the program under test.
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(TIDINGS_|KUBECONFIG$|NODE_OPTIONS$|VITEST)/.test(name),
  );
  return Object.fromEntries(own);
}

/**
 * Runs a command that ends by itself and gives what it prints; rejects with what it says when it fails.
 * The environment given is added to the test's own, which is cleared of the developer's settings.
 */
export async function runTidings(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const options = { env: { ...environment(), ...env }, maxBuffer: 1024 * 1024 * 1024 };
  const { stdout } = await execute(PROGRAM, args, options);
  return stdout;
}

/** The same with a data directory. */
export async function tidings(dataDir: string, ...args: readonly string[]): Promise<string> {
  return runTidings(args, { TIDINGS_DATA: dataDir });
}

/** One stored event or revision as `get events -o jsonl` prints it. */
export interface PrintedEvent {
  readonly metadata: { readonly name: string; readonly uid: string; readonly resourceVersion: string };
  readonly reason?: string;
  readonly message?: string;
  readonly tidings: {
    readonly cluster: string;
    readonly origin: string;
    readonly count: number;
    readonly deletedAt?: string;
  };
}

/** What is stored, through `get events -A -o jsonl`; more arguments narrow it down. */
export async function storedEvents(dataDir: string, ...args: readonly string[]): Promise<readonly PrintedEvent[]> {
  const output = await tidings(dataDir, 'get', 'events', '-A', '-o', 'jsonl', ...args);
  const lines = output.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as PrintedEvent);
}

export interface RunOptions {
  readonly dataDir: string;
  /** More arguments of `tidings run`: what to watch. */
  readonly args: readonly string[];
  /** A command to run it under, such as strace. */
  readonly under?: readonly string[];
}

let started = 0;

/** `tidings run` with one data directory, which can be ended and started again. */
export class RunningTidings {
  readonly dataDir: string;
  readonly #options: RunOptions;
  #process: ManagedProcess | undefined;
  #url: string | undefined;

  constructor(options: RunOptions) {
    this.dataDir = options.dataDir;
    this.#options = options;
  }

  get process(): ManagedProcess {
    if (this.#process === undefined) throw new Error('use tidings: it was not started');
    return this.#process;
  }

  get url(): string {
    if (this.#url === undefined) throw new Error('use tidings: its address is not known: wait until it listens');
    return this.#url;
  }

  /** Starts the process and returns at once. Each start has a log of its own, beside the data directory. */
  spawn(): ManagedProcess {
    const { dataDir, args, under = [] } = this.#options;
    this.#url = undefined;
    this.#process = new ManagedProcess(
      'tidings',
      // What it runs under may die before it: the kernel then ends it too.
      [
        ...under,
        ...(under.length > 0 ? DIES_WITH_PARENT : []),
        PROGRAM,
        'run',
        '--data',
        dataDir,
        '--listen',
        '127.0.0.1:0',
        ...args,
      ],
      { logFile: `${dataDir}.${++started}.log`, env: environment() },
    );
    return this.#process;
  }

  /** Starts it, unless it was spawned, and resolves when it listens. */
  async listening(): Promise<void> {
    const child = this.#process?.running ? this.#process : this.spawn();
    // The address that was really taken is in the log, where failures of sinks may stand before it.
    this.#url = await child.until(
      'to listen',
      () => /http:\/\/127\.0\.0\.1:\d+(?=.*"listening")/.exec(child.log())?.[0],
    );
  }

  /** Starts it, unless it was spawned, and resolves when every scope is watched and the store can be written. */
  async start(timeoutMs?: number): Promise<void> {
    await this.listening();
    await this.ready(timeoutMs);
  }

  async ready(timeoutMs?: number): Promise<void> {
    await this.process.until('to be ready', async () => ((await this.probe()).ready ? true : undefined), timeoutMs);
  }

  async probe(): Promise<{ readonly ready: boolean; readonly text: string }> {
    const response = await fetch(`${this.url}/readyz`).catch(() => undefined);
    return { ready: response?.status === 200, text: (await response?.text()) ?? '' };
  }

  async metrics(): Promise<string> {
    const response = await fetch(`${this.url}/metrics`);
    if (!response.ok) throw new Error(`get metrics: status ${response.status}`);
    return response.text();
  }

  /** SIGTERM ends it in good order, SIGKILL at this very instant. */
  async stop(signal?: NodeJS.Signals): Promise<void> {
    await this.#process?.stop(signal);
  }
}
