import { type Command, Option } from 'commander';
import { collectList, collectTypes, parseInstant, parseLimit, parseObject } from './_args.ts';
import { type GetFlags, getEvents, OUTPUTS } from './_get-events.ts';
import { withHistory } from './_history.ts';
import type { CliIo } from './_io.ts';
import { addStoreFlags } from './_store-flags.ts';

export function addGetCommand(program: Command, io: CliIo): void {
  const now = io.now();
  const instant = (text: string): number => parseInstant(text, now);
  const get = program.command('get').description('print what is stored');
  addStoreFlags(get.command('events'))
    .aliases(['event', 'ev'])
    .description('print events, newest last, as kubectl get events does')
    .option('-n, --namespace <names>', 'only of these namespaces (default: all)', collectList)
    .option('-A, --all-namespaces', 'of all namespaces')
    .option('--cluster <names>', 'only of these clusters (default: all)', collectList)
    .option('--for <kind/name>', 'only about this object: pod/web-0, deploy/web, node/n1', parseObject)
    .option('--since <time>', 'last seen at or after: 2h, 7d, 2026-01-31, 2026-01-31T08:30:00Z', instant)
    .option('--until <time>', 'last seen at or before', instant)
    .option('--type <types>', 'only of these types: Normal, Warning', collectTypes)
    .option('--reason <reasons>', 'only of these reasons', collectList)
    .option('--filter <expression>', 'only what this holds for, in CEL: event.count > 3')
    .option('--search <terms>', 'only what has all of this: reason:BackOff -type:Normal pod:web-* "timed out"')
    .option('--limit <number>', 'only the newest so many (default: all; 1000 on a terminal)', parseLimit)
    .option('--revisions', 'every stored revision of an event instead of the latest')
    .option('-w, --watch', 'then print what is committed, until stopped')
    .option('--no-headers', 'print no header')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(OUTPUTS))
    .action(async (flags: GetFlags) => {
      await withHistory(io, flags, (history) => getEvents(history, flags, io));
    });
}
