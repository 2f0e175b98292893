/** The process: arguments in, exit code out. */
import { basename } from 'node:path';
import { runCli } from './cli/cli.ts';

/** Whatever hangs. What stops gracefully does so sooner. */
const STOP_MS = 4_900;

process.exitCode = await runCli(process.argv.slice(2), {
  // Unless a script says what it was called, this is one.
  program: basename(process.env['TIDINGS_PROGRAM'] ?? process.argv[1] ?? ''),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  now: Date.now,
  // Only who asks for it is stopped gracefully, by the first signal: everything else ends as signals end a process.
  get signal() {
    const stopping = new AbortController();
    const stop = (): void => {
      stopping.abort();
      // A sink that hangs may hold a connection, which would hold the process.
      setTimeout(() => process.exit(process.exitCode ?? 1), STOP_MS).unref();
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
    return stopping.signal;
  },
  onHangup(callback) {
    process.on('SIGHUP', callback);
    return () => process.off('SIGHUP', callback);
  },
});
