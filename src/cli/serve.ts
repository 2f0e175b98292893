import type { Command } from 'commander';
import type { RunFlags } from '../app/run-config.ts';
import type { CliIo } from './_io.ts';
import { addDataFlag } from './_store-flags.ts';
import { addListenFlags, addServerFlags, kubectlLine } from './run.ts';

/** `tidings serve`: the Kubernetes API and the JSON API of what is stored, until it is stopped. */
export function addServeCommand(program: Command, io: CliIo): void {
  const command = program
    .command('serve')
    .description('serve what is stored to kubectl, pages and programs, without collecting')
    .option('--config <file>', 'a YAML file (TIDINGS_CONFIG)');
  addListenFlags(addServerFlags(addDataFlag(command))).action(async (flags: RunFlags) => {
    const [{ serve }, { loadRunConfig }] = await Promise.all([
      import('../app/serve.ts'),
      import('../app/run-config.ts'),
    ]);
    const signal = io.signal ?? new AbortController().signal;
    await serve(
      await loadRunConfig(flags, io.env),
      ({ url }) => io.stdout.write(`Try:\n  ${kubectlLine(url)}\n`),
      signal,
    );
  });
}
