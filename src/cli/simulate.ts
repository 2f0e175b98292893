import { type Command, Option } from 'commander';
import { SCENARIO_NAMES, type ScenarioName, startSimulator } from '../simulator/simulator.ts';
import { aborted } from '../util/aborted.ts';
import { parseNumber, parsePort, parseSpan } from './_args.ts';
import type { CliIo } from './_io.ts';

interface SimulateFlags {
  readonly port: number;
  readonly seed: number;
  readonly speed: number;
  readonly rate: number;
  readonly past: number;
  readonly ttl: number;
  readonly scenario?: readonly ScenarioName[];
}

/** `tidings simulate`: a simulated cluster's API server, to try and to test against. */
export function addSimulateCommand(program: Command, io: CliIo): void {
  program
    .command('simulate')
    .description('serve a simulated cluster: an API server on this machine, plain HTTP')
    .option('--port <number>', 'where to listen, 0 for any free port', parsePort, 0)
    .option('--seed <number>', 'what names, numbers and pauses come from', parseNumber, 1)
    .option('--speed <factor>', 'simulated seconds a second', parseNumber, 1)
    .option('--rate <number>', 'events a simulated second beyond those of the scenarios', parseNumber, 0)
    .option('--past <duration>', 'how long it has been running already', parseSpan, 0)
    .option('--ttl <duration>', 'how long events live', parseSpan, 3_600_000)
    .addOption(new Option('--scenario <name...>', 'what happens, default everything').choices(SCENARIO_NAMES))
    .action(async ({ past: pastMs, ttl: ttlMs, scenario: scenarios, ...flags }: SimulateFlags) => {
      const simulator = await startSimulator({ ...flags, pastMs, ttlMs, ...(scenarios && { scenarios }) });
      const program = io.env['TIDINGS_PROGRAM'] ?? 'tidings';
      io.stdout.write(`${simulator.url}\nTry:\n  ${program} run --server ${simulator.url}\n`);
      await aborted(io.signal);
      await simulator.close();
    });
}
