import type { Command } from 'commander';
import type { RunFlags } from '../app/run-config.ts';
import type { CliIo } from './_io.ts';
import { harmlessLines } from './_text.ts';
import { addRunFlags } from './run.ts';

/** `tidings check`: tries everything `run` needs. Resolves with whether all is well. */
export function addCheckCommand(program: Command, io: CliIo, onResult: (exitCode: number) => void): void {
  addRunFlags(program.command('check'))
    .description('try the configuration, the store, the clusters, the rights and the sinks; changes and sends nothing')
    .action(async (flags: RunFlags) => {
      const [{ check }, { loadRunConfig }] = await Promise.all([
        import('../app/check.ts'),
        import('../app/run-config.ts'),
      ]);
      const checks = await check(await loadRunConfig(flags, io.env));
      for (const { name, problem, found } of checks) {
        const well = found === undefined ? `[+] ${name} ok` : `[+] ${name} ok: ${found}`;
        io.stdout.write(`${harmlessLines(problem === undefined ? well : `[-] ${name}: ${problem}`)}\n`);
      }
      onResult(checks.every(({ problem }) => problem === undefined) ? 0 : 1);
    });
}
