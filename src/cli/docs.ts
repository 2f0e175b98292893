import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { makeDirectory } from '../config/make-directory.ts';
import type { CliIo } from './_io.ts';

/** `tidings docs`: writes the reference that is made from the program itself. */
export function addDocsCommand(program: Command, io: CliIo): void {
  program
    .command('docs')
    .description('write the reference of configuration and errors, and the JSON Schema for editors')
    .argument('[dir]', 'the directory to write to', join('docs', 'reference'))
    .action(async (dir: string) => {
      // Loaded only when used: it knows every sink and the languages of the configuration.
      const { referenceFiles } = await import('./_reference.ts');
      makeDirectory(dir, 0o777);
      for (const [name, text] of referenceFiles()) {
        writeFileSync(join(dir, name), text);
        io.stdout.write(`${join(dir, name)}\n`);
      }
    });
}
