/** `tidings run` in a process of its own, as users start it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { STORE_FILE } from '../src/app/store-file.ts';
import { openSqliteHistory } from '../src/store/sqlite/sqlite-history.ts';
import { cpuMsOf, memoryOf } from './process-usage.ts';
import { end, endWithRun } from './temporary.ts';

export const PROGRAM = join(import.meta.dirname, '..', 'tidings');
/** What is released, not the sources: its modules take less memory. */
export const BUILD = join(import.meta.dirname, '..', 'dist', 'main.js');
const PATIENCE_MS = 120_000;

export class Tidings {
  readonly #child: ChildProcess;
  readonly #storePath: string;
  readonly #startedAt = performance.now();
  #output = '';
  #watchingAt: number | undefined;

  /** Starts it. */
  constructor(options: { readonly dataDir: string; readonly server: string; readonly config?: string }) {
    const { dataDir, server, config } = options;
    this.#storePath = join(dataDir, STORE_FILE);
    const args = ['run', '--data', dataDir, '--server', server, '--listen', '127.0.0.1:0'];
    if (config !== undefined) args.push('--config', config);
    const env = {
      TIDINGS_MAIN: BUILD,
      PATH: process.env['PATH'],
      HOME: dataDir,
      TIDINGS_LOG_LEVEL: 'debug',
      TIDINGS_LOG_FORMAT: 'json',
    };
    this.#child = spawn(PROGRAM, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    endWithRun(this.#child);
    this.#child.stdout?.on('data', (text: Buffer) => {
      this.#output += text.toString();
    });
    this.#child.stderr?.on('data', (text: Buffer) => this.#log(text.toString()));
  }

  /** How long it took from its start until it watched and said that it was ready, in milliseconds. */
  async ready(): Promise<number> {
    const url = await this.#until('to listen', () => /http:\S+\/readyz/.exec(this.#output)?.[0], 2);
    await this.#until('to be ready', async () => (await fetch(url)).ok || undefined, 2);
    const readyAt = performance.now();
    const watchingAt = await this.#until('to watch', () => this.#watchingAt, 2);
    return Math.max(readyAt, watchingAt) - this.#startedAt;
  }

  /** Resolves when this many revisions are stored, with how many milliseconds after its start that was. */
  async stored(revisions: number): Promise<number> {
    const enough = async () => ((await this.storedNow()) >= revisions ? performance.now() : undefined);
    return (await this.#until(`to store ${revisions} revisions`, enough, 20)) - this.#startedAt;
  }

  async storedNow(): Promise<number> {
    try {
      const history = openSqliteHistory({ path: this.#storePath });
      const { revisions } = await history.stats();
      await history.close();
      return revisions;
    } catch {
      // There is no file yet.
      return 0;
    }
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

  #log(text: string): void {
    if (text.includes('"message":"watching"')) this.#watchingAt ??= performance.now();
    for (const line of text.split('\n')) if (/"level":"(warn|error)"/.test(line)) process.stderr.write(`${line}\n`);
  }

  async #until<T>(what: string, ask: () => T | undefined | Promise<T | undefined>, everyMs: number): Promise<T> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const answer = await ask();
      if (answer !== undefined) return answer;
      if (this.#child.exitCode !== null) throw new Error(`tidings ended with exit code ${this.#child.exitCode}`);
      if (performance.now() > deadline) throw new Error(`waited ${PATIENCE_MS / 1000} s in vain for tidings ${what}`);
      await sleep(everyMs);
    }
  }
}
