import type { Writable } from 'node:stream';
import type { CliIo } from './_io.ts';

/** Whoever reads our output has gone (`| head`): there is nothing more to do, and nothing to say. */
export class OutputClosed extends Error {}

const BLOCK = 64 * 1024;

/** Standard output, written in blocks; a slow reader slows the writer down. */
export class Output {
  readonly #stream: Writable;
  #block = '';

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  /** Throws OutputClosed when the reader has gone. */
  async write(text: string): Promise<void> {
    this.#block += text;
    if (this.#block.length >= BLOCK) await this.flush();
  }

  /** Resolves when everything written has been handed to the reader. Throws as {@link write}. */
  async flush(): Promise<void> {
    const block = this.#block;
    this.#block = '';
    if (block === '') return;
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(block, (error) => {
        if (!error) resolve();
        else reject(isGone(error) ? new OutputClosed('closed', { cause: error }) : error);
      });
    });
  }
}

function isGone(error: Error): boolean {
  return 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED');
}

/** On a terminal, unless `NO_COLOR` (https://no-color.org) is set or the terminal is a dumb one. */
export function wantsColour(io: Pick<CliIo, 'stdout' | 'env'>): boolean {
  return io.stdout.isTTY === true && !io.env['NO_COLOR'] && io.env['TERM'] !== 'dumb';
}
