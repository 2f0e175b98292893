/** What most suites need beside a cluster: directories and running programs that end with the test. */
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryDirectory } from './temporary-directory.ts';
import { RunningTidings, type RunOptions } from './tidings.ts';

/** A directory that is gone after the test. */
export function testDirectory(): string {
  const directory = temporaryDirectory();
  onTestFinished(directory.remove);
  return directory.path;
}

/** `tidings run`, not started yet, with a data directory of its own unless one is given; it ends with the test. */
export function tidingsUnderTest(
  args: readonly string[],
  options: Pick<RunOptions, 'under'> & { readonly dataDir?: string } = {},
): RunningTidings {
  const directory = temporaryDirectory();
  const running = new RunningTidings({ dataDir: join(directory.path, 'data'), ...options, args });
  onTestFinished(async () => {
    await running.stop('SIGKILL');
    directory.remove();
  });
  return running;
}
