import { type Command, InvalidArgumentError } from 'commander';
import { PERSONALITIES } from '../compat/index.ts';
import type { Personality } from '../compat/personality.ts';
import type { CliIo } from './_io.ts';
import { personalityConfig } from './_personality-config.ts';
import { personalityNamed } from './personality.ts';

/** `tidings convert`: what a tool's command line is as a configuration of Tidings. */
export function addConvertCommand(program: Command, io: CliIo, onResult: (exitCode: number) => void): void {
  program
    .command('convert')
    .description("print another tool's command line as a configuration, with a note where Tidings does otherwise")
    .argument('<tool>', `what is to be converted: ${toolNames()}`, parseTool)
    .argument('[arguments...]', 'its arguments, as they are')
    .helpOption('--help', 'print how to use it')
    .allowUnknownOption()
    .passThroughOptions()
    .action((tool: Personality, args: readonly string[]) => {
      const translation = tool.translate(args);
      if ('exitCode' in translation) {
        io.stderr.write(translation.text);
        onResult(translation.exitCode);
      } else io.stdout.write(personalityConfig(translation));
    });
}

export function toolNames(): string {
  return PERSONALITIES.map(({ name }) => name).join(', ');
}

function parseTool(name: string): Personality {
  const personality = personalityNamed(name);
  if (personality) return personality;
  throw new InvalidArgumentError(`Wanted: ${toolNames()}.`);
}
