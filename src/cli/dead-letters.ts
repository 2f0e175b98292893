import { type Command, InvalidArgumentError, Option } from 'commander';
import type { DeliveryLedgerReader } from '../app/open-delivery-ledger.ts';
import type { ChosenLetter, RemoteDeliveries } from '../app/remote-deliveries.ts';
import type { StoredDeadLetter } from '../component/delivery-ledger.ts';
import { humanDuration } from '../core/age.ts';
import { AppError } from '../core/errors.ts';
import { toCoreV1 } from '../core/event-conversion.ts';
import { withDeliveries } from './_deliveries.ts';
import type { CliIo } from './_io.ts';
import { indentedJson } from './_json.ts';
import { Output } from './_output.ts';
import { addStoreFlags, type StoreFlags } from './_store-flags.ts';
import { GET_STYLE, Table } from './_table.ts';
import { harmless } from './_text.ts';

const COLUMNS = ['ID', 'SINK', 'AGE', 'REASON', 'EVENT', 'PROBLEM'];
/** Asked for at a time. */
const PAGE = 200;

interface ChosenFlags extends StoreFlags {
  readonly sink?: string;
  readonly all?: boolean;
}

/** `tidings dead-letters`: what sinks would not take, and what to do with it. */
export function addDeadLettersCommand(program: Command, io: CliIo): void {
  const letters = program.command('dead-letters').description('what sinks would not take');
  addStoreFlags(letters.command('list'))
    .description('print the dead letters, oldest first')
    .option('--sink <name>', 'only of this sink')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['json']))
    .action((flags: StoreFlags & { readonly sink?: string; readonly output?: 'json' }) =>
      withDeliveries(io, flags, async ({ ledger }) => {
        const output = new Output(io.stdout);
        if (flags.output === 'json') {
          const all: unknown[] = [];
          for await (const letter of deadLetters(ledger, flags.sink)) all.push(deadLetterJson(letter));
          await output.write(`${indentedJson(all)}\n`);
        } else await printTable(deadLetters(ledger, flags.sink), output, io.now());
        await output.flush();
      }),
    );
  addStoreFlags(letters.command('show <id>'))
    .description('print one of them, with its event')
    .action((id: string, flags: StoreFlags) =>
      withDeliveries(io, flags, async ({ ledger }) => {
        const letter = await ledger.deadLetter(parseId(id));
        if (!letter) throw notFound([Number(id)]);
        io.stdout.write(`${indentedJson(deadLetterJson(letter))}\n`);
      }),
    );
  for (const [action, description] of [
    ['retry', 'send dead letters again, once; those that are taken are forgotten'],
    ['drop', 'forget dead letters'],
  ] as const) {
    addStoreFlags(letters.command(`${action} [ids...]`))
      .description(description)
      .option('--sink <name>', 'all of this sink')
      .option('--all', 'all of every sink')
      .action(async (ids: readonly string[], flags: ChosenFlags) => {
        await withDeliveries(io, flags, async (deliveries) => {
          const letters = chosen(deliveries.ledger, ids, flags);
          await (action === 'retry' ? retry(io, deliveries, letters) : drop(io, deliveries, letters));
        });
      });
  }
}

type Letters = AsyncIterable<readonly ChosenLetter[]>;

async function retry(io: CliIo, deliveries: RemoteDeliveries, letters: Letters): Promise<void> {
  let taken = 0;
  let failed = 0;
  const left = new Map<string, number>();
  for await (const chunk of letters) {
    const answer = await deliveries.retry(chunk);
    for (const outcome of answer.outcomes) {
      if (outcome.status === 'ok') taken++;
      else {
        failed++;
        io.stderr.write(`${outcome.id}: ${harmless(outcome.problem)}\n`);
      }
    }
    for (const { sink, letters: count } of answer.withoutSink) left.set(sink, (left.get(sink) ?? 0) + count);
  }
  for (const [sink, count] of left) {
    io.stderr.write(`${count} of sink ${harmless(sink)}, which is not configured any more\n`);
  }
  const withoutSink = [...left.values()].reduce((sum, count) => sum + count, 0);
  const rest = withoutSink === 0 ? '' : `, ${withoutSink} of sinks that are not configured any more`;
  io.stdout.write(`${taken} taken, ${failed} not taken${rest}\n`);
  if (failed + withoutSink === 0) return;
  const total = taken + failed + withoutSink;
  const [removed] = left.keys();
  throw new AppError('SINK_FAILED', `retry dead letters: ${failed + withoutSink} of ${total} were not taken`, {
    ...(removed !== undefined && { hint: `Forget those of a removed sink: dead-letters drop --sink ${removed}` }),
  });
}

async function drop(io: CliIo, deliveries: RemoteDeliveries, letters: Letters): Promise<void> {
  let dropped = 0;
  for await (const chunk of letters) {
    await deliveries.drop(chunk);
    dropped += chunk.length;
  }
  io.stdout.write(`${dropped} dropped\n`);
}

/** Those that were meant, some at a time. Throws AppError `USAGE` when it isn't said, or when one is not there. */
async function* chosen(ledger: DeliveryLedgerReader, ids: readonly string[], flags: ChosenFlags): Letters {
  const { sink, all } = flags;
  const ways = [ids.length > 0, sink !== undefined, all === true].filter(Boolean).length;
  if (ways !== 1) throw new AppError('USAGE', 'choose dead letters: want ids, --sink NAME or --all');
  if (ids.length === 0) {
    yield* pages(ledger, sink);
    return;
  }
  const numbers = ids.map(parseId);
  const found = await Promise.all(numbers.map((id) => ledger.deadLetter(id)));
  const missing = numbers.filter((_, index) => !found[index]);
  if (missing.length > 0) throw notFound(missing);
  const letters = found.filter((letter) => letter !== undefined);
  for (let start = 0; start < letters.length; start += PAGE) yield letters.slice(start, start + PAGE);
}

async function* pages(ledger: DeliveryLedgerReader, sink?: string): AsyncGenerator<readonly StoredDeadLetter[]> {
  for (let after = 0; ; ) {
    const page = await ledger.deadLetters({ ...(sink !== undefined && { sink }), after, limit: PAGE });
    const last = page.at(-1);
    if (!last) return;
    after = last.id;
    yield page;
  }
}

async function* deadLetters(ledger: DeliveryLedgerReader, sink?: string): AsyncGenerator<StoredDeadLetter> {
  for await (const page of pages(ledger, sink)) yield* page;
}

async function printTable(letters: AsyncIterable<StoredDeadLetter>, output: Output, now: number): Promise<void> {
  const table = new Table(output, GET_STYLE);
  table.header(COLUMNS);
  for await (const { id, sink, at, failure, record } of letters) {
    const { subject, body } = record;
    const object = `${subject.kind ?? ''}/${subject.name ?? ''}`;
    await table.row([
      String(id),
      harmless(sink),
      humanDuration(now - at),
      failure.reason,
      harmless(`${body.reason ?? ''} ${object}`),
      harmless(failure.problem),
    ]);
  }
  await table.flush();
}

function deadLetterJson({ id, sink, key, at, failure, record }: StoredDeadLetter) {
  const { cluster, body } = record;
  return { id, sink, key, at: new Date(at).toISOString(), ...failure, cluster, event: toCoreV1(body) };
}

function parseId(text: string): number {
  const id = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(id)) {
    throw new InvalidArgumentError(
      `Found the id ${JSON.stringify(text)}, wanted: a number, as dead-letters list prints.`,
    );
  }
  return id;
}

function notFound(ids: readonly number[]): AppError {
  return new AppError('USAGE', `find dead letter ${ids.join(', ')}: there is none of that id`);
}
