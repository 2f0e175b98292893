/**
 * Kills of Tidings that land where they are meant to. The program is frozen at an instant drawn from the seed, what it
 * was doing is looked at from outside, and only then it is killed: a frozen process does nothing in between, so each kill
 * is counted as what was seen, never as what was hoped for.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises';
import { STORE_FILE } from '../../src/app/store-file.ts';
import type { ManagedProcess } from '../cluster/managed-process.ts';
import type { ApiProxy, Traffic } from './api-proxy.ts';
import { isWriting, schemaVersion } from './store-file.ts';
import type { RunningTidings } from './tidings.ts';

/** What was seen of a frozen program. */
export const PHASES = {
  migration: 'the file exists and has no schema yet; version 1 is the only one, so this is the only migration',
  list: 'the first list has begun to arrive and not ended',
  commit: 'a write transaction is open while frames of the watch arrive',
  prune: 'a write transaction is open before anything came from the API server: retention’s',
  're-list': 'the watch was told 410, and the list that follows has begun to arrive and not ended',
} as const;

export type Phase = keyof typeof PHASES;

// What the program takes from making the file to the schema’s commit, on a quiet machine.
const CREATION_MS = 12;
const ATTEMPTS = 12;
const DEADLINE_MS = 30_000;

export interface KillsOptions {
  readonly running: RunningTidings;
  readonly proxy: ApiProxy;
  /** Numbers in [0, 1): where in a phase a kill lands. */
  readonly random: () => number;
}

export class Kills {
  readonly landed = new Map<Phase | 'elsewhere', number>();
  readonly #options: KillsOptions;

  constructor(options: KillsOptions) {
    this.#options = options;
  }

  /** Into the creation of the store; what was stored is gone. */
  async intoMigration(): Promise<void> {
    const { running, random } = this.#options;
    await this.#repeat('migration', async () => {
      rmSync(running.dataDir, { recursive: true, force: true });
      const delayMs = random() * CREATION_MS;
      const child = running.spawn();
      await reach(child, () => existsSync(join(running.dataDir, STORE_FILE)), immediate);
      const madeAt = performance.now();
      await reach(child, () => performance.now() - madeAt >= delayMs, immediate);
      await child.freeze();
      return schemaVersion(running.dataDir) === 0;
    });
  }

  /** Into a list of so many events. */
  async intoList(phase: 'list' | 're-list', events: number): Promise<void> {
    const { running, proxy, random } = this.#options;
    const pace = { page: 1_000, parts: 4, pauseMs: 15 };
    const last = Math.ceil(events / pace.page) * pace.parts - 1;
    proxy.listPace = pace;
    await this.#repeat(phase, async (traffic) => {
      const part = 1 + Math.floor(random() * last);
      const child = running.spawn();
      await reach(child, () => traffic.listParts >= part);
      await sleep(random() * pace.pauseMs);
      await child.freeze();
      return traffic.listing && traffic.expired === (phase === 're-list');
    });
    proxy.listPace = undefined;
  }

  /** Into a commit; events have to be on their way. */
  async intoCommit(): Promise<void> {
    const { running, random } = this.#options;
    await this.#repeat('commit', async (traffic) => {
      const child = running.spawn();
      await reach(child, () => traffic.watchedAt > 0);
      return this.#freezeWriting(child, random() * 400, () => performance.now() - traffic.watchedAt < 250);
    });
  }

  /** Into retention; what has expired has to be stored. Nothing is let through meanwhile. */
  async intoPrune(): Promise<void> {
    const { running, proxy, random } = this.#options;
    await this.#repeat('prune', async (traffic) => {
      proxy.hold();
      const child = running.spawn();
      await reach(child, () => isWriting(child.pid, running.dataDir));
      return this.#freezeWriting(child, random() * 25, () => traffic.answers === 0);
    });
    proxy.release();
  }

  /** After the delay, freezes it inside a write transaction; false when there is none for a while. */
  async #freezeWriting(child: ManagedProcess, delayMs: number, holds: () => boolean): Promise<boolean> {
    const { dataDir } = this.#options.running;
    await sleep(delayMs);
    const deadline = performance.now() + 2_000;
    while (performance.now() < deadline) {
      if (isWriting(child.pid, dataDir)) {
        await sleep(this.#options.random() * 3);
        await child.freeze();
        if (isWriting(child.pid, dataDir) && holds()) return true;
        child.thaw();
      }
      await sleep(1);
    }
    return false;
  }

  /** Kills until one has landed in the phase. */
  async #repeat(phase: Phase, aim: (traffic: Traffic) => Promise<boolean>): Promise<void> {
    const { running, proxy } = this.#options;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const landed = (await aim(proxy.observe())) ? phase : 'elsewhere';
      if (!running.process.running)
        throw new Error(`kill in ${phase}: it had ended by itself: ${running.process.tail()}`);
      await running.stop('SIGKILL');
      this.landed.set(landed, (this.landed.get(landed) ?? 0) + 1);
      if (landed === phase) return;
    }
    throw new Error(`kill in ${phase}: missed ${ATTEMPTS} times`);
  }
}

/** Waits for what is seen from outside; fails when the program ends by itself, or does not get there. */
async function reach(
  child: ManagedProcess,
  condition: () => boolean,
  pause: () => Promise<unknown> = () => sleep(1),
): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!condition()) {
    if (!child.running || performance.now() > deadline) throw new Error(`wait for what to kill: ${child.tail()}`);
    await pause();
  }
}
