import type { Command } from 'commander';
import { collectList, type ObjectArgument, parseObject } from './_args.ts';
import { type DescribeFlags, describeObject } from './_describe-object.ts';
import { withHistory } from './_history.ts';
import type { CliIo } from './_io.ts';
import { addStoreFlags } from './_store-flags.ts';

export function addDescribeCommand(program: Command, io: CliIo): void {
  addStoreFlags(program.command('describe'))
    .description("print an object's story: what happened to each of its incarnations, and when nobody watched")
    .argument('<object>', 'KIND/NAME, such as pod/web-0, or KIND followed by NAME')
    .argument('[name]', 'NAME')
    .option('-n, --namespace <names>', 'only in these namespaces (default: all)', collectList)
    .option('--cluster <names>', 'only in these clusters (default: all)', collectList)
    .action(async (first: string, name: string | undefined, flags: DescribeFlags, command: Command) => {
      const object = parseArguments(first, name, command);
      await withHistory(io, flags, (history) => describeObject(history, object, flags, io));
    });
}

function parseArguments(first: string, name: string | undefined, command: Command): ObjectArgument {
  try {
    return parseObject(name === undefined ? first : `${first}/${name}`);
  } catch {
    return command.error(
      `error: describe: found "${first}${name === undefined ? '' : ` ${name}`}", want KIND/NAME, such as pod/web-0`,
    );
  }
}
