import { type Command, InvalidArgumentError, Option } from 'commander';
import type { SinkStatus } from '../component/delivery-admin.ts';
import type { Outcome } from '../component/sink.ts';
import type { SinkStart } from '../component/sink-start.ts';
import { humanDuration } from '../core/age.ts';
import { AppError } from '../core/errors.ts';
import { AdminClient } from './_admin-client.ts';
import { parseInstant } from './_args.ts';
import { addDataFlag, type DataFlag } from './_history.ts';
import type { CliIo } from './_io.ts';
import { indentedJson } from './_json.ts';
import { Output } from './_output.ts';
import { GET_STYLE, Table } from './_table.ts';
import { harmless } from './_text.ts';

const COLUMNS = ['NAME', 'TYPE', 'STATE', 'LAG', 'BEHIND', 'RATE', 'DEAD LETTERS', 'MISSED', 'LAST FAILURE'];

/** `tidings sinks`: how deliveries are doing, and what can be done about it. */
export function addSinksCommand(program: Command, io: CliIo): void {
  const sinks = addDataFlag(program.command('sinks'))
    .description('print how each sink is doing: state, lag, rate, dead letters, last failure')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['json']))
    .action(async (flags: DataFlag & { readonly output?: 'json' }) => {
      const client = new AdminClient(io, flags);
      const answer = await client.ask<{ readonly sinks: readonly SinkStatus[] }>('GET', '/v1/sinks');
      const output = new Output(io.stdout);
      if (flags.output === 'json') await output.write(`${indentedJson(answer.sinks)}\n`);
      else await printSinks(answer.sinks, output, (io.now ?? Date.now)());
      await output.flush();
    });
  addDataFlag(sinks.command('test <name>'))
    .description('send a marked event to a sink, and say what came back')
    .action(async (name: string, _: DataFlag, command: Command) => {
      const { outcome } = await post<{ readonly outcome: Outcome }>(io, command, name, 'test');
      if (outcome.status !== 'ok') {
        throw new AppError('SINK_FAILED', `test sink ${JSON.stringify(name)}: ${outcome.problem} (${outcome.reason})`);
      }
      io.stdout.write(`${name} took the test event\n`);
    });
  for (const [action, done, description] of [
    ['pause', 'paused', 'deliver nothing more to a sink until it is resumed; what happens meanwhile is kept for it'],
    ['resume', 'delivering', 'deliver to a paused sink again, from where it stopped'],
  ] as const) {
    addDataFlag(sinks.command(`${action} <name>`))
      .description(description)
      .action(async (name: string, _: DataFlag, command: Command) => {
        await post(io, command, name, action);
        io.stdout.write(`${name} is ${done}\n`);
      });
  }
  addDataFlag(sinks.command('seek <name>'))
    .description('go on delivering from another place of the log')
    .requiredOption('--to <place>', 'now, beginning, a duration back such as 2h, or a time', (text) =>
      parsePlace(text, (io.now ?? Date.now)()),
    )
    .action(async (name: string, { to }: { readonly to: SinkStart }, command: Command) => {
      await post(io, command, name, 'seek', { start: to });
      io.stdout.write(`${name} goes on from there\n`);
    });
}

/** `sinks` itself has the flag --data too, and takes it for its own wherever it stands. */
function post<T extends object>(io: CliIo, command: Command, name: string, action: string, body?: unknown): Promise<T> {
  return new AdminClient(io, command.optsWithGlobals<DataFlag>()).ask(
    'POST',
    `/v1/sinks/${encodeURIComponent(name)}/${action}`,
    body,
  );
}

function parsePlace(text: string, now: number): SinkStart {
  if (text === 'now' || text === 'beginning') return { kind: text };
  try {
    return { kind: 'time', time: parseInstant(text, now) };
  } catch {
    throw new InvalidArgumentError('Wanted: now, beginning, a duration such as 2h, a date, or an RFC 3339 time.');
  }
}

async function printSinks(sinks: readonly SinkStatus[], output: Output, now: number): Promise<void> {
  const table = new Table(output, GET_STYLE);
  table.header(COLUMNS);
  for (const sink of sinks) {
    const { lastFailure } = sink;
    await table.row([
      sink.name,
      sink.type,
      sink.state,
      String(sink.lagRecords),
      humanDuration(sink.lagSeconds * 1000),
      `${sink.rate.toFixed(1)}/s`,
      String(sink.deadLetters),
      String(sink.missed),
      lastFailure ? `${humanDuration(now - lastFailure.at)} ago: ${harmless(lastFailure.problem)}` : '<none>',
    ]);
  }
  await table.flush();
}
