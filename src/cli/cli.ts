/**
 * The command line: from arguments to an exit code. 0: done; 1: it failed; 2: called wrongly, or with a configuration
 * that cannot be used.
 */
import { Command, CommanderError, type Option } from 'commander';
import { AppError, messageOf } from '../core/errors.ts';
import type { CliIo } from './_io.ts';
import { OutputClosed } from './_output.ts';
import { addStoreFlags } from './_store-flags.ts';
import { harmlessLines } from './_text.ts';
import { addCheckCommand } from './check.ts';
import { addConvertCommand, toolNames } from './convert.ts';
import { addCountCommands } from './counts.ts';
import { addCoverageCommand } from './coverage.ts';
import { addDeadLettersCommand } from './dead-letters.ts';
import { addDescribeCommand } from './describe.ts';
import { addDocsCommand } from './docs.ts';
import { addGetCommand } from './get.ts';
import { addKubeconfigCommand } from './kubeconfig.ts';
import { personalityNamed, runPersonality } from './personality.ts';
import { addReplayCommand } from './replay.ts';
import { addRouteCommand } from './route.ts';
import { addRunCommand } from './run.ts';
import { addServeCommand } from './serve.ts';
import { addSimulateCommand } from './simulate.ts';
import { addSinksCommand } from './sinks.ts';
import { addTemplateCommand } from './template.ts';
import { addVersionCommand } from './version.ts';

const HELP = `
Exit codes: 0 done, 1 failed, 2 called wrongly or with a configuration that cannot be used.
The store is tidings.db in --data, else TIDINGS_DATA, else $XDG_DATA_HOME/tidings, else ~/.local/share/tidings; with --url
or TIDINGS_URL it is that of the Tidings at this address, which is asked as the user of the kubeconfig's context.
Runs in place of other tools, as \`tidings TOOL …\` with their own arguments: ${toolNames()}.`;

/** Runs what the arguments (without node and script) say, and resolves with the exit code. Never rejects. */
export async function runCli(argv: readonly string[], io: CliIo): Promise<number> {
  // Whoever waits for a write learns of its failure there; without a listener it would also end the process, and it may
  // come after the last command has ended.
  io.stdout.on('error', ignore);
  io.stderr.on('error', ignore);
  let exitCode = 0;
  try {
    const personality = personalityNamed(io.program) ?? personalityNamed(argv[0]);
    if (personality) {
      // Its arguments are read as the tool reads them.
      return await runPersonality(personality, personality.name === io.program ? argv : argv.slice(1), io);
    }
    const program = createProgram(io, (code) => {
      exitCode = code;
    });
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    return report(error, io);
  }
}

function ignore(): void {}

/** As which kubectl finds it: https://kubernetes.io/docs/tasks/extend-kubectl/kubectl-plugins/ */
const KUBECTL_PLUGIN = 'kubectl-tidings';

/** What stands before the subcommand is meant for it. */
function handDown(program: Command, command: Command): void {
  for (const [name, value] of Object.entries(program.opts())) {
    const isThis = (option: Option): boolean => option.attributeName() === name;
    if (!command.options.some(isThis)) {
      const flag = program.options.find(isThis)?.long ?? name;
      throw new AppError('USAGE', `use ${flag}: found it before ${command.name()}, which takes none`);
    }
    if (command.getOptionValueSource(name) !== 'cli') command.setOptionValueWithSource(name, value, 'cli');
  }
}

function createProgram(io: CliIo, onResult: (exitCode: number) => void): Command {
  const program = addStoreFlags(new Command(io.program === KUBECTL_PLUGIN ? 'kubectl tidings' : 'tidings'))
    .description('Keeps every Kubernetes event and reads it back')
    .exitOverride()
    .enablePositionalOptions()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .helpCommand('help [command]', 'print how to use a command')
    .helpOption('-h, --help', 'print how to use it')
    .addHelpText('after', HELP)
    .hook('preAction', handDown);
  addRunCommand(program, io);
  addServeCommand(program, io);
  addKubeconfigCommand(program, io);
  addGetCommand(program, io);
  addDescribeCommand(program, io);
  addCountCommands(program, io);
  addCoverageCommand(program, io);
  addSinksCommand(program, io);
  addDeadLettersCommand(program, io);
  addReplayCommand(program, io);
  addRouteCommand(program, io, onResult);
  addCheckCommand(program, io, onResult);
  addTemplateCommand(program, io, onResult);
  addConvertCommand(program, io, onResult);
  addSimulateCommand(program, io);
  addDocsCommand(program, io);
  addVersionCommand(program, io);
  return program;
}

function report(error: unknown, io: CliIo): number {
  if (error instanceof OutputClosed) return 0;
  // Commander has printed it, and uses 1 where we say 2.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  io.stderr.write(`error: ${harmlessLines(messageOf(error))}\n`);
  if (!(error instanceof AppError)) return 1;
  if (error.hint !== undefined) io.stderr.write(`hint: ${harmlessLines(error.hint)}\n`);
  return error.exitCode;
}
