import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { Command } from 'commander';
import { AppError } from '../core/errors.ts';
import type { Event } from '../core/event.ts';
import type { InvolvedObject } from '../lang/go-template/event-value.ts';
import type { CliIo } from './_io.ts';
import { Output } from './_output.ts';
import { harmlessLines } from './_text.ts';

/** An event as `get events -o jsonl` prints it, or as kubernetes-event-exporter sends it. */
type Line = Event & {
  readonly clusterName?: string;
  readonly tidings?: { readonly cluster?: string };
  readonly involvedObject: Event['involvedObject'] & InvolvedObject;
};

interface TemplateFlags {
  readonly timezone?: string;
}

/** `tidings template`: what a Go template makes of events, for whoever writes one. */
export function addTemplateCommand(program: Command, io: CliIo, onResult: (exitCode: number) => void): void {
  program
    .command('template <template>')
    .description(
      'print what a Go template with sprig makes of each event on stdin, by the names that kubernetes-event-exporter has, one JSON string a line',
    )
    .option('--timezone <name>', 'the zone of times, such as Europe/Berlin (default: TZ)')
    .addHelpText('after', '\nExample: tidings get events -o jsonl | tidings template "{{ .Reason }}: {{ .Message }}"')
    .action(async (text: string, flags: TemplateFlags) => {
      const output = new Output(io.stdout);
      const render = await compile(text, flags, io);
      let failed = 0;
      let number = 0;
      for await (const line of createInterface({ input: io.stdin ?? Readable.from([]) })) {
        number++;
        if (line.trim() === '') continue;
        try {
          await output.write(`${JSON.stringify(render(parseLine(line)))}\n`);
        } catch (error) {
          if (!(error instanceof Error)) throw error;
          failed++;
          await output.flush();
          io.stderr.write(`line ${number}: ${harmlessLines(error.message)}\n`);
        }
      }
      await output.flush();
      if (failed > 0) onResult(1);
    });
}

/** Throws AppError TEMPLATE_INVALID, with the position of what is wrong. */
async function compile(text: string, { timezone: zone }: TemplateFlags, io: CliIo): Promise<(line: Line) => string> {
  // Only who renders templates pays for the engine.
  const [{ parseTemplate }, { sprigFunctions }, { eventValue }, { loadLocation }] = await Promise.all([
    import('../lang/go-template/template.ts'),
    import('../lang/go-template/sprig/sprig.ts'),
    import('../lang/go-template/event-value.ts'),
    import('../lang/go-template/time-zone.ts'),
  ]);
  try {
    const location = zone === undefined ? {} : { timezone: loadLocation(zone) };
    const functions = sprigFunctions({ environment: io.env, ...location, now: io.now });
    const template = parseTemplate('template', text, { functions });
    return ({ clusterName, tidings, ...event }) => {
      const cluster = clusterName ?? tidings?.cluster ?? '';
      return template.execute(eventValue(event, { clusterName: cluster, object: event.involvedObject, ...location }));
    };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new AppError('TEMPLATE_INVALID', error.message, { cause: error });
  }
}

function parseLine(line: string): Line {
  const value: unknown = JSON.parse(line);
  const isEvent = typeof value === 'object' && value !== null && 'metadata' in value;
  if (!isEvent)
    throw new TypeError('found JSON that is no event, want one of core/v1, as get events -o jsonl prints it');
  return { involvedObject: {}, ...value } as Line;
}
