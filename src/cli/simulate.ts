import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../config/duration.ts';
import { SCENARIO_NAMES, type ScenarioName, startSimulator } from '../simulator/simulator.ts';
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
    .option('--port <number>', 'where to listen, 0 for any free port', number, 0)
    .option('--seed <number>', 'what names, numbers and pauses come from', number, 1)
    .option('--speed <factor>', 'simulated seconds a second', number, 1)
    .option('--rate <number>', 'events a simulated second beyond those of the scenarios', number, 0)
    .option('--past <duration>', 'how long it has been running already', duration, 0)
    .option('--ttl <duration>', 'how long events live', duration, 3_600_000)
    .addOption(new Option('--scenario <name...>', 'what happens, default everything').choices(SCENARIO_NAMES))
    .action(async ({ past: pastMs, ttl: ttlMs, scenario: scenarios, ...flags }: SimulateFlags) => {
      const simulator = await startSimulator({ ...flags, pastMs, ttlMs, ...(scenarios && { scenarios }) });
      const program = io.env['TIDINGS_PROGRAM'] ?? 'tidings';
      io.stdout.write(`${simulator.url}\nTry:\n  ${program} run --server ${simulator.url}\n`);
      await aborted(io.signal);
      await simulator.close();
    });
}

function number(text: string): number {
  const value = Number(text);
  if (!(value >= 0)) throw new InvalidArgumentError('Want a number, 0 or more.');
  return value;
}

function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('Want a duration such as 3d or 90m.');
  return ms;
}

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    else signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}
