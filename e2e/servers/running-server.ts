import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ManagedProcess } from '../cluster/managed-process.ts';

/** What a start function needs. */
export interface ServerContext {
  /** Receives configuration, data and log. The server's folder in it must not exist yet. */
  readonly dir: string;
}

/** A server on loopback. It never outlives the test's process. */
export interface RunningServer {
  /**
   * Ends it in good order if it runs, and starts it with the same address and data; resolves when it is ready. It may
   * have been stopped or killed before.
   */
  restart(): Promise<void>;
  /** Ends it at this very instant, as a crash would. */
  kill(): Promise<void>;
  /** Ends it in good order; its data stays. */
  stop(): Promise<void>;
}

export interface LaunchOptions {
  readonly name: string;
  readonly dir: string;
  readonly command: readonly string[];
  /** Tells whether it does what a client asks of it, by asking. */
  readonly ready: () => Promise<boolean>;
}

/** Starts a server and resolves when it is ready; one that does not get there is ended. */
export async function launch({ name, dir, command, ready }: LaunchOptions): Promise<RunningServer> {
  let child: ManagedProcess | undefined;
  const stop = async (signal?: NodeJS.Signals): Promise<void> => child?.stop(signal);
  const restart = async (): Promise<void> => {
    await stop();
    child = new ManagedProcess(name, command, { logFile: join(dir, `${name}.log`), cwd: dir });
    try {
      await child.until('to be ready', async () => (await ready()) || undefined, 120_000);
    } catch (error) {
      await stop('SIGKILL');
      throw error;
    }
  };
  await restart();
  return { restart, stop: () => stop(), kill: () => stop('SIGKILL') };
}

/** Whether a request is answered with a status of success. */
export async function succeeds(url: string, init: RequestInit = {}): Promise<boolean> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(5000) });
    // Else the connection stays open, and the next one finds no server at its other end after a restart.
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** A new folder for a server's files. */
export function serverDir({ dir }: ServerContext, name: string): string {
  const path = join(dir, name);
  mkdirSync(path);
  return path;
}
