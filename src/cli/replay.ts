import type { Command } from 'commander';
import type { ReplayProgress } from '../component/delivery-admin.ts';
import { parseInstant } from './_args.ts';
import { withDeliveries } from './_deliveries.ts';
import type { CliIo } from './_io.ts';
import { addStoreFlags, type StoreFlags } from './_store-flags.ts';
import { harmless } from './_text.ts';

interface ReplayFlags extends StoreFlags {
  readonly sink: string;
  readonly since?: number;
  readonly until?: number;
  readonly filter?: string;
}

/** `tidings replay`: sends what is stored to a sink, by time. */
export function addReplayCommand(program: Command, io: CliIo): void {
  const instant = (text: string): number => parseInstant(text, io.now());
  addStoreFlags(program.command('replay'))
    .description('send what is stored to a sink again, as its routes say: the past of a new sink, or what one has lost')
    .requiredOption('--sink <name>', 'where to')
    .option('--since <time>', 'from: 2h, 30d, 2026-01-31 (default: the oldest stored)', instant)
    .option('--until <time>', 'to (default: now)', instant)
    .option('--filter <expression>', 'only what this holds for, in CEL: event.type == "Warning"')
    .action(async ({ sink, since, until, filter, ...flags }: ReplayFlags) => {
      const request = {
        sink,
        ...(since !== undefined && { since }),
        ...(until !== undefined && { until }),
        ...(filter !== undefined && { filter }),
      };
      let last: ReplayProgress | undefined;
      await withDeliveries(io, flags, async (deliveries) => {
        for await (const progress of deliveries.replay(request)) {
          last = progress;
          if (io.stderr.isTTY) io.stderr.write(`\r${words(progress)}\u001b[K`);
        }
      });
      if (io.stderr.isTTY) io.stderr.write('\r\u001b[K');
      if (last) io.stdout.write(`${words(last)}\n`);
    });
}

function words({ read, delivered, rejected, filtered, reached, problem }: ReplayProgress): string {
  const until = reached === undefined ? '' : `, up to ${new Date(reached).toISOString()}`;
  const failing = problem ? `; failing: ${harmless(problem.problem)}` : '';
  return `${read} read, ${delivered} delivered, ${rejected} dead letters, ${filtered} not for this sink${until}${failing}`;
}
