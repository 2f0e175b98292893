import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until the condition gives something else than undefined or false; rejects with what was waited for if not. */
export async function until<T>(
  what: string,
  condition: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`wait until ${what}: not within ${timeoutMs} ms`);
    await sleep(100);
  }
}
