import { stdout } from 'node:process';

/** Resolves when the reader of the pipe has taken it, so that a slow one holds us back. */
export function writeToStandardOutput(text: string): Promise<void> {
  return new Promise((resolve, reject) => stdout.write(text, (error) => (error ? reject(error) : resolve())));
}
