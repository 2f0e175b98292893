import { type Command, Option } from 'commander';
import { VERSION } from '../app/version.ts';
import type { CliIo } from './_io.ts';
import { indentedJson } from './_json.ts';
import { Output } from './_output.ts';

export function addVersionCommand(program: Command, io: CliIo): void {
  program
    .command('version')
    .description('print the version')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['json']))
    .action(async (flags: { readonly output?: 'json' }) => {
      const output = new Output(io.stdout);
      const version = { version: VERSION, node: process.version };
      await output.write(
        flags.output ? `${indentedJson(version)}\n` : `tidings ${VERSION} (Node ${process.version})\n`,
      );
      await output.flush();
    });
}
