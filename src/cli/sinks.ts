import { type Command, InvalidArgumentError, Option } from 'commander';
import type { RemoteDeliveries } from '../app/remote-deliveries.ts';
import type { SinkStatus } from '../component/delivery-admin.ts';
import type { SinkStart } from '../component/sink-start.ts';
import { humanDuration } from '../core/age.ts';
import { AppError } from '../core/errors.ts';
import { parseInstant } from './_args.ts';
import { withDeliveries } from './_deliveries.ts';
import type { CliIo } from './_io.ts';
import { indentedJson } from './_json.ts';
import { Output } from './_output.ts';
import { addStoreFlags, type StoreFlags } from './_store-flags.ts';
import { GET_STYLE, Table } from './_table.ts';
import { harmless } from './_text.ts';

const COLUMNS = ['NAME', 'TYPE', 'STATE', 'LAG', 'BEHIND', 'RATE', 'DEAD LETTERS', 'MISSED', 'LAST FAILURE'];

/** `tidings sinks`: how deliveries are doing, and what can be done about it. */
export function addSinksCommand(program: Command, io: CliIo): void {
  const sinks = addStoreFlags(program.command('sinks'))
    .description('print how each sink is doing: state, lag, rate, dead letters, last failure')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['json']))
    .action(async (flags: StoreFlags & { readonly output?: 'json' }) => {
      const found = await withDeliveries(io, flags, (deliveries) => deliveries.sinks());
      const output = new Output(io.stdout);
      if (flags.output === 'json') await output.write(`${indentedJson(found)}\n`);
      else await printSinks(found, output, io.now());
      await output.flush();
    });
  addStoreFlags(sinks.command('test <name>'))
    .description('send a marked event to a sink, and say what came back')
    .action(async (name: string, _: StoreFlags, command: Command) => {
      const outcome = await operate(io, command, (deliveries) => deliveries.test(name));
      if (outcome.status !== 'ok') {
        throw new AppError('SINK_FAILED', `test sink ${JSON.stringify(name)}: ${outcome.problem} (${outcome.reason})`);
      }
      io.stdout.write(`${name} took the test event\n`);
    });
  for (const [action, done, description] of [
    ['pause', 'paused', 'deliver nothing more to a sink until it is resumed; what happens meanwhile is kept for it'],
    ['resume', 'delivering', 'deliver to a paused sink again, from where it stopped'],
    [
      'forget',
      'forgotten',
      'forget how far a sink got that is not configured any more: one of its name begins anew; its dead letters stay',
    ],
  ] as const) {
    addStoreFlags(sinks.command(`${action} <name>`))
      .description(description)
      .action(async (name: string, _: StoreFlags, command: Command) => {
        await operate(io, command, (deliveries) => deliveries[action](name));
        io.stdout.write(`${name} is ${done}\n`);
      });
  }
  addStoreFlags(sinks.command('seek <name>'))
    .description('go on delivering from another place of the log')
    .requiredOption('--to <place>', 'now, beginning, a duration back such as 2h, or a time', (text) =>
      parsePlace(text, io.now()),
    )
    .action(async (name: string, { to }: { readonly to: SinkStart }, command: Command) => {
      await operate(io, command, (deliveries) => deliveries.seek(name, to));
      io.stdout.write(`${name} goes on from there\n`);
    });
}

/** `sinks` itself has the flags of the place too, and takes them for its own wherever they stand. */
function operate<T>(io: CliIo, command: Command, use: (deliveries: RemoteDeliveries) => Promise<T>): Promise<T> {
  return withDeliveries(io, command.optsWithGlobals<StoreFlags>(), use);
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
