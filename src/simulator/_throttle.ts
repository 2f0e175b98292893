import { Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

const STEPS_A_SECOND = 20;

/** Lets bytes through at a rate, or as they come. */
export function throttled(bytesPerSecond: number | undefined): Transform {
  const step = bytesPerSecond === undefined ? 0 : Math.max(1, Math.floor(bytesPerSecond / STEPS_A_SECOND));
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (step === 0) {
        done(null, chunk);
        return;
      }
      const trickle = async (): Promise<void> => {
        for (let from = 0; from < chunk.length && !this.destroyed; from += step) {
          this.push(chunk.subarray(from, from + step));
          await sleep(1_000 / STEPS_A_SECOND);
        }
      };
      trickle()
        .catch((error: unknown) => this.destroy(error instanceof Error ? error : undefined))
        .finally(() => done());
    },
  });
}
